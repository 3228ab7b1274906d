package rt_test

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/interlock-go/interlock/pi/rt"
)

func TestMain(m *testing.M) {
	if run, ok := machines[os.Getenv(machineEnv)]; ok {
		run()
		return
	}
	goleak.VerifyTestMain(m)
}

// needRT skips the test, with the reason, where there are no real-time threads.
func needRT(t testing.TB) {
	t.Helper()
	if err := rt.Probe().Err(); err != nil {
		t.Skip(err)
	}
}

// A crew are the threads of a test. Their functions run on goroutines that cannot fail the test, so they
// only write results down.
type crew struct {
	t  *testing.T
	wg sync.WaitGroup
}

func newCrew(t *testing.T) *crew {
	needRT(t)
	c := &crew{t: t}
	t.Cleanup(c.join)
	return c
}

func (c *crew) run(prio int, fn func(*rt.Thread)) {
	c.t.Helper()
	c.wg.Add(1)
	err := rt.Go(prio, func(th *rt.Thread) {
		defer c.wg.Done()
		fn(th)
	})
	if err != nil {
		c.wg.Done()
	}
	require.NoError(c.t, err)
}

// join waits for all functions to return.
func (c *crew) join() { c.wg.Wait() }

const patience = 20 * time.Second

// stat returns the fields of a thread's /proc stat from the third, its state, on; nil once it is gone.
func stat(tid int) []string {
	text, err := os.ReadFile("/proc/self/task/" + strconv.Itoa(tid) + "/stat")
	if err != nil {
		return nil
	}
	return strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
}

// effective returns a real-time thread's effective priority: the kernel shows it as -1-priority.
func effective(t *testing.T, tid int) int {
	fields := stat(tid)
	require.NotNil(t, fields)
	shown, err := strconv.Atoi(fields[18-3])
	require.NoError(t, err)
	return -1 - shown
}

// eventually waits until ok, by the clock: what it waits for happens in the kernel.
func eventually(t *testing.T, ok func() bool, what string) {
	t.Helper()
	for deadline := time.Now().Add(patience); !ok(); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatal("never: " + what)
		}
	}
}

// inKernel tells whether the thread sleeps in a futex call with the operation FUTEX_LOCK_PI2.
func inKernel(tid int) bool {
	text, err := os.ReadFile("/proc/self/task/" + strconv.Itoa(tid) + "/syscall")
	if err != nil {
		return false
	}
	fields := strings.Fields(string(text))
	return len(fields) > 2 && fields[2] == "0x8d"
}

func waitsInKernel(t *testing.T, tid int) {
	t.Helper()
	eventually(t, func() bool { return inKernel(tid) }, "the thread waits for a lock")
}

func gone(tid int) bool { return stat(tid) == nil }
