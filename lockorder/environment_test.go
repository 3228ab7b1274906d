package lockorder_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/lockorder"
)

// child runs one of this binary's children with an environment and returns
// what it printed and its exit code.
func child(t *testing.T, role, env string) (stdout, stderr string, code int) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self, "-test.run=^TestChild$")
	cmd.Env = append(os.Environ(), "LOCKORDER_CHILD="+role, "INTERLOCK="+env)
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	if exited := new(exec.ExitError); err != nil && !errors.As(err, &exited) {
		require.NoError(t, err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// TestChild is what the children run; in the parent it is nothing.
func TestChild(t *testing.T) {
	switch os.Getenv("LOCKORDER_CHILD") {
	case "":
		t.Skip("for children only")
	case "three":
		for i, name := range []string{"guarded", "potential", "deadlock-self"} {
			lockorder.Deliver(example(name, fmt.Sprint(i)))
		}
	case "declares":
		a, b := lockorder.NewClass("graph.a"), lockorder.NewClass("graph.b")
		lockorder.Order(a, b)
	case "exits":
		lockorder.SetHandler(func(lockorder.Report) { os.Exit(7) })
		lockorder.Deliver(example("potential", "a"))
	case "moves":
		if err := os.Chdir(os.TempDir()); err != nil {
			os.Exit(1)
		}
		lockorder.Deliver(example("potential", "a"))
	case "handled":
		lockorder.SetHandler(func(lockorder.Report) {})
		lockorder.Deliver(example("potential", "a"))
	}
	os.Exit(0)
}

func firstLines(text string) (tiers []string) {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, "interlock: "); ok {
			tier, _, _ := strings.Cut(rest, ":")
			tiers = append(tiers, tier)
		}
	}
	return tiers
}

func TestFailingTiersArePrintedOnStandardError(t *testing.T) {
	stdout, stderr, code := child(t, "three", "")
	require.Equal(t, []string{"potential", "deadlock"}, firstLines(stderr))
	require.Empty(t, stdout)
	require.Zero(t, code)
}

func TestEnvironmentChoosesTiersAndPlace(t *testing.T) {
	stdout, stderr, _ := child(t, "three", "tiers=guarded log_path=stdout")
	require.Equal(t, []string{"guarded"}, firstLines(stdout))
	require.Empty(t, stderr)

	prefix := filepath.Join(t.TempDir(), "locks")
	_, stderr, _ = child(t, "three", "tiers=all log_path="+prefix)
	require.Empty(t, stderr)
	files, err := filepath.Glob(prefix + ".*")
	require.NoError(t, err)
	require.Len(t, files, 1)
	text, err := os.ReadFile(files[0])
	require.NoError(t, err)
	require.Equal(t, []string{"guarded", "potential", "deadlock"}, firstLines(string(text)))
}

func TestLogPathIsThatOfTheStart(t *testing.T) {
	t.Chdir(t.TempDir())
	_, stderr, code := child(t, "moves", "log_path=locks")
	require.Empty(t, stderr)
	require.Zero(t, code)
	files, err := filepath.Glob("locks.*")
	require.NoError(t, err)
	require.Len(t, files, 1)
}

func TestProcessWithoutFindingsLeavesNoFile(t *testing.T) {
	dir := t.TempDir()
	child(t, "nothing", "log_path="+filepath.Join(dir, "locks"))
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, files)
}

func TestHaltEndsTheProcessAtTheFirstFailingReport(t *testing.T) {
	_, stderr, code := child(t, "three", "halt_on_error=1")
	require.Equal(t, []string{"potential"}, firstLines(stderr))
	require.Equal(t, 66, code)

	_, _, code = child(t, "three", "halt_on_error=1 exitcode=3")
	require.Equal(t, 3, code)

	// The operator's wish outlives the program's own handler.
	_, stderr, code = child(t, "handled", "halt_on_error=1")
	require.Empty(t, stderr)
	require.Equal(t, 66, code)
}

func TestHandlerMayExit(t *testing.T) {
	_, _, code := child(t, "exits", "")
	require.Equal(t, 7, code)
}

func TestWrongEnvironmentIsNamedAtStartAndIgnored(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing", "locks")
	_, stderr, code := child(t, "three", "oops=1 exitcode=x log_path="+missing)
	require.Zero(t, code)
	var complaints []string
	for line := range strings.Lines(stderr) {
		if strings.HasPrefix(line, "interlock: INTERLOCK: ") {
			complaints = append(complaints, line)
		}
	}
	require.Len(t, complaints, 3)
	require.Contains(t, complaints[0], `"oops=1"`)
	require.Contains(t, complaints[1], `"exitcode=x"`)
	require.Contains(t, complaints[2], "log_path")
	require.Contains(t, stderr, "\ninterlock: potential: ")
}

// While goroutines are held up a deadlock is what they were held up for: it goes to
// the graph file, marked, and ends the process.
func TestADeadlockThatIsProvokedEndsTheProcess(t *testing.T) {
	dir := t.TempDir()
	plan := filepath.Join(dir, "plan")
	require.NoError(t, os.WriteFile(plan, []byte(`{"parts":[{},{}],"limit":1,"budget":1}`), 0o666))
	_, stderr, code := child(t, "three", "tiers=none graph="+dir+" pause="+plan)
	require.Empty(t, stderr)
	require.Equal(t, 66, code)
	files, err := filepath.Glob(filepath.Join(dir, "*.graph"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	text, err := os.ReadFile(files[0])
	require.NoError(t, err)
	require.Equal(t, 3, strings.Count(string(text), "\nreport "))
	require.Equal(t, 1, strings.Count(string(text), `"provoked":true`))
}

func TestAPlanThatCannotBeReadIsNamed(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad")
	require.NoError(t, os.WriteFile(bad, []byte("{}"), 0o666))
	_, stderr, code := child(t, "three", "tiers=none pause="+bad)
	require.Contains(t, stderr, "interlock: INTERLOCK: pause: a plan has two parts at least")
	require.Zero(t, code)
}

func TestTableOfClassesThatCannotBeRead(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad")
	require.NoError(t, os.WriteFile(bad, []byte("interlock-classes 1\nclass p.mu\n x.go\n"), 0o666))
	for file, want := range map[string]string{bad: "line 3: .*names nothing", bad + "2": "no such file"} {
		_, stderr, code := child(t, "three", "tiers=none classes="+file)
		require.Regexp(t, `^interlock: INTERLOCK: classes: .*`+want, stderr)
		require.Zero(t, code)
	}
}
