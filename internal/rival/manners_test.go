//go:build !interlock_off

package rival_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	deadlock "github.com/sasha-s/go-deadlock"
	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/lockorder"
)

// manner is how both behave beside the program's own code and Go's tools.
type manner struct {
	name  string
	ask   func(*testing.T, *detector) string
	ours  string
	rival string
}

var manners = []manner{
	{"data races seen by -race, of 10 planted", plantedRaces, "10", "0"},
	{"a program that only waits for a channel, after one Lock", asleep, "all goroutines are asleep", hangs},
	{"links runtime/cgo where cgo is enabled", linksCgo, "no", "yes"},
	{"reports of one inversion that runs 1,000 times", repeated, "1", "1000"},
	{"a handler that takes a lock of the same package", lockingHandler, "goes on", hangs},
}

func TestManners(t *testing.T) {
	for _, m := range manners {
		t.Run(m.name, func(t *testing.T) {
			require.Equal(t, m.ours, m.ask(t, &ours), "interlock")
			require.Equal(t, m.rival, m.ask(t, &rival), "go-deadlock")
		})
	}
}

// silence is how long a program is waited for that is expected to say nothing.
const silence = time.Second / 2

func limit(d *detector) time.Duration {
	if d == &rival {
		return silence
	}
	return patience
}

const hangs = "hangs"

// program compiles testdata/manners with the locks of d.
func program(t *testing.T, d *detector, flags ...string) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "program")
	args := append([]string{"build", "-o", bin}, flags...)
	out, err := exec.Command("go", append(args, "-tags="+tag(d), "./testdata/manners")...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return bin
}

func tag(d *detector) string {
	if d == &rival {
		return "rival"
	}
	return ""
}

func plantedRaces(t *testing.T, d *detector) string {
	t.Helper()
	out, code := runCommand(t, exec.Command(program(t, d, "-race"), "races"), patience)
	require.NotEqual(t, killed, code)
	return fmt.Sprint(strings.Count(out, "WARNING: DATA RACE"))
}

func asleep(t *testing.T, d *detector) string {
	t.Helper()
	out, code := runCommand(t, exec.Command(program(t, d)), limit(d))
	if code == killed && out == "" {
		return hangs
	}
	require.Contains(t, out, "fatal error: all goroutines are asleep - deadlock!")
	return "all goroutines are asleep"
}

func linksCgo(t *testing.T, d *detector) string {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-tags="+tag(d), "./testdata/manners")
	cmd.Env = append(cmd.Environ(), "CGO_ENABLED=1")
	out, err := cmd.Output()
	require.NoError(t, err)
	if strings.Contains(string(out), "runtime/cgo\n") {
		return "yes"
	}
	return "no"
}

func repeated(_ *testing.T, d *detector) string {
	locks := d.begin(2)
	elsewhere(func() { nest(locks[0], locks[1]) })
	for range 1000 {
		elsewhere(func() { nest(locks[1], locks[0]) })
	}
	return fmt.Sprint(len(d.findings.all()))
}

// lockingHandler tells what becomes of a program whose handler locks a mutex, in a process of its own.
func lockingHandler(t *testing.T, d *detector) string {
	t.Helper()
	out, code := child(t, "handler "+tag(d), limit(d))
	if code == killed {
		require.Empty(t, out)
		return hangs
	}
	return out
}

func init() {
	for _, d := range []*detector{&ours, &rival} {
		children["handler "+tag(d)] = func() { inverted(d) }
	}
}

// inverted takes two locks in both orders, and has a handler that takes a third.
func inverted(d *detector) {
	locks := d.begin(3)
	handler := func() {
		locks[2].Lock()
		defer locks[2].Unlock()
	}
	lockorder.SetHandler(func(lockorder.Report) { handler() })
	deadlock.Opts.OnPotentialDeadlock = handler
	deadlock.Opts.LogBuf = &d.findings
	elsewhere(func() { nest(locks[0], locks[1]) })
	elsewhere(func() { nest(locks[1], locks[0]) })
	fmt.Print("goes on")
}
