package lockorder_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/engine"
	"github.com/interlock-go/interlock/internal/rule"
	"github.com/interlock-go/interlock/lockorder"
)

// example is an explained report with an ID of its own.
func example(name, id string) lockorder.Report {
	r := lockorder.Explain(examples()[name])
	r.ID = id
	return r
}

func TestHandlerGetsEachFindingOnce(t *testing.T) {
	defer lockorder.Reset(lockorder.State{})()
	var got []string
	lockorder.SetHandler(func(r lockorder.Report) { got = append(got, r.ID) })
	for range 1000 {
		lockorder.Deliver(example("potential", "a"))
		lockorder.Deliver(example("guarded", "b"))
	}
	require.Equal(t, []string{"a", "b"}, got)
	require.Equal(t, uint64(999), lockorder.Snapshot().Findings[0].Repeats)
}

func TestHandlerThatPanicsLosesNothing(t *testing.T) {
	defer lockorder.Reset(lockorder.State{})()
	lockorder.SetHandler(func(lockorder.Report) { panic("mine") })
	require.PanicsWithValue(t, "mine", func() { lockorder.Deliver(example("potential", "a")) })
	require.Len(t, lockorder.Snapshot().Findings, 1)
	require.ErrorContains(t, lockorder.Find(), "interlock: potential:")

	var got []string
	lockorder.SetHandler(func(r lockorder.Report) { got = append(got, r.ID) })
	lockorder.Deliver(example("potential", "b"))
	require.Equal(t, []string{"b"}, got)
}

// A handler may use everything of this package, also from findings of its own.
func TestHandlerMayCallBack(t *testing.T) {
	defer lockorder.Reset(lockorder.State{})()
	var mu sync.Mutex
	depth := 0
	lockorder.SetHandler(func(r lockorder.Report) {
		mu.Lock()
		depth++
		mu.Unlock()
		if r.ID == "a" {
			lockorder.Deliver(example("guarded", "b"))
		}
		require.Error(t, lockorder.Find(lockorder.FailOn(r.Tier)))
		lockorder.Snapshot()
		lockorder.Ignore(lockorder.WithID("c"))
		lockorder.SetHandler(nil)
	})
	lockorder.Deliver(example("potential", "a"))
	require.Equal(t, 2, depth)
}

func TestHandlersRunSideBySide(t *testing.T) {
	defer lockorder.Reset(lockorder.State{})()
	var both, done sync.WaitGroup
	both.Add(2)
	lockorder.SetHandler(func(lockorder.Report) {
		both.Done()
		both.Wait()
	})
	for _, id := range []string{"a", "b"} {
		done.Go(func() { lockorder.Deliver(example("potential", id)) })
	}
	done.Wait()
	require.Len(t, lockorder.Snapshot().Findings, 2)
}

// rawInversion is a finding as the engine hands it out.
func rawInversion(stack []uintptr) *engine.Finding {
	a := engine.Lock{ID: 1, Class: "a\xff", Type: "Mutex"}
	b := engine.Lock{ID: 2, Type: "RWMutex"}
	hold := func(l engine.Lock, m rule.Mode) engine.Hold { return engine.Hold{Lock: l, Mode: m, Stack: stack} }
	return &engine.Finding{
		ID: 0xabc, Tier: rule.NeedsWriter, Kind: engine.Inversion, Overlap: true,
		Edges: []engine.Edge{
			{Goroutine: 1, Held: []engine.Hold{hold(a, rule.Write)}, Want: hold(b, rule.Read), Phase: "start"},
			{Goroutine: 2, Held: []engine.Hold{hold(b, rule.Read)}, Want: hold(a, rule.Write)},
		},
	}
}

func TestRawFindingBecomesReport(t *testing.T) {
	r := lockorder.NewReport(rawInversion(outermost()))
	require.Equal(t, lockorder.NeedsWriter, r.Tier)
	require.Equal(t, lockorder.KindInversion, r.Kind)
	require.Equal(t, "0000000000000abc", r.ID)
	require.Equal(t, "start", r.Edges[0].Phase)
	require.True(t, r.Overlap)
	require.False(t, r.Refused)
	require.True(t, r.Edges[0].Want.Read)
	require.Equal(t, lockorder.Lock{ID: 1, Class: "a?", Type: "Mutex"}, r.Edges[0].Held[0].Lock)
	require.Equal(t, wantsInlining, names(r.Edges[1].Want.Stack, 3))
	require.Equal(t, []lockorder.Lock{{ID: 2, Type: "RWMutex"}}, r.Writers)
	require.True(t, strings.HasPrefix(r.String(), "interlock: needs-writer: a? and RWMutex #2 (frames_test.go:"), r.String())
}

// A finding that the engine could not fill must not take the program down.
func TestOddFindingsStillPrint(t *testing.T) {
	for k := engine.Kind(0); k <= engine.LongWait+1; k++ {
		for tier := rule.Tier(0); tier <= rule.Hazard+1; tier++ {
			for _, edges := range [][]engine.Edge{nil, make([]engine.Edge, 1), make([]engine.Edge, 2), {{Via: -1}, {Via: 7}}} {
				r := lockorder.NewReport(&engine.Finding{Kind: k, Tier: tier, Edges: edges})
				require.True(t, strings.HasPrefix(r.String(), "interlock: "))
			}
		}
	}
}

func TestDeadlockErrorIsOneLineAndMore(t *testing.T) {
	f := rawInversion(outermost())
	f.Tier, f.Kind, f.Refused = rule.Deadlock, engine.Ring, true
	var err error = lockorder.NewDeadlockError(f)
	require.NotContains(t, err.Error(), "\n")
	require.Equal(t, err.Error(), fmt.Sprintf("%v", err))
	require.Equal(t, err.Error(), fmt.Sprintf("%s", err))
	require.True(t, err.(*lockorder.DeadlockError).Report.Refused)
	var de *lockorder.DeadlockError
	require.ErrorAs(t, fmt.Errorf("transfer: %w", err), &de)
	require.Equal(t, de.Report.String(), fmt.Sprintf("%+v", err))
	require.True(t, strings.HasPrefix(de.Report.String(), err.Error()+"\n"))
	require.False(t, errors.Is(err, os.ErrExist))
}

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
