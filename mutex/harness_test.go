//go:build !interlock_off

package mutex_test

import (
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/interlock-go/interlock/internal/reported"
	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

// patience bounds every wait of these tests. Nothing waits that long unless it is broken.
const patience = 10 * time.Second

// children are what a re-executed test binary does instead of running tests.
var children = map[string]func(){}

const childVariable = "INTERLOCK_MUTEX_TEST_CHILD"

func TestMain(m *testing.M) {
	if run := children[os.Getenv(childVariable)]; run != nil {
		run()
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// child runs one of the children and returns what it printed and how it ended.
func child(t *testing.T, name, settings string) (output string, code int) {
	t.Helper()
	require.Contains(t, children, name)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+name, "INTERLOCK="+settings)
	timer := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	out, err := cmd.CombinedOutput()
	if err != nil {
		require.ErrorAs(t, err, new(*exec.ExitError))
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// nothing is the tier of no report at all.
const nothing = reported.Nothing

// watch collects what is reported while a test runs.
type watch struct {
	*reported.Reports
	t *testing.T
}

// detect begins with a detector that has seen nothing. Tests that use it do not run in parallel.
func detect(t *testing.T) *watch {
	t.Helper()
	return &watch{Reports: reported.During(t), t: t}
}

// meet has first run up to where it pauses, then second until it blocks, then first to where that closes a
// ring. Afterwards rescue must let both go.
func (w *watch) meet(first func(pause func()), second, rescue func()) {
	w.t.Helper()
	paused, goOn := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() { first(func() { close(paused); <-goOn }) })
	<-paused
	all.Go(second)
	waiters(w.t, 1)
	close(goOn)
	reported := w.Arrives()
	rescue()
	all.Wait()
	require.True(w.t, reported)
	require.Len(w.t, w.Want(lockorder.Deadlock).Edges, 2)
}

// inTurn runs each function on a goroutine of its own, one after the other.
func inTurn(parts ...func()) {
	for _, part := range parts {
		elsewhere(part)
	}
}

// nest locks in order and unlocks in reverse.
func nest(locks ...sync.Locker) {
	for _, l := range locks {
		l.Lock()
	}
	for _, l := range slices.Backward(locks) {
		l.Unlock()
	}
}

// nesting is nest for later.
func nesting(locks ...sync.Locker) func() { return func() { nest(locks...) } }

// waiters waits until n goroutines are blocked on our locks.
func waiters(t *testing.T, n int) {
	t.Helper()
	require.Eventually(t, func() bool { return len(lockorder.Snapshot().Waits) == n }, patience, time.Millisecond)
}

// locks is what a scenario plays with.
type locks struct {
	a, b, c, d, s mutex.Mutex
	ra, rb, rc    mutex.RWMutex
}

// scenario is a program that runs one part after the other, and the gravest tier it must bring.
type scenario struct {
	name  string
	tier  lockorder.Tier
	parts func(*locks) []func()
}

func play(t *testing.T, scenarios []scenario) {
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			w := detect(t)
			inTurn(s.parts(new(locks))...)
			w.Want(s.tier)
		})
	}
}
