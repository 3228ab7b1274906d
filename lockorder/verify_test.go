package lockorder_test

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/lockorder"
)

// fakeT records what a test is told.
type fakeT struct {
	name         string
	errors, logs []string
}

func (f *fakeT) Error(args ...any) { f.errors = append(f.errors, fmt.Sprint(args...)) }
func (f *fakeT) Log(args ...any)   { f.logs = append(f.logs, fmt.Sprint(args...)) }
func (f *fakeT) Name() string      { return f.name }
func (f *fakeT) Helper()           {}

// bareT is the smallest TestingT.
type bareT struct{ failed int }

func (b *bareT) Error(...any) { b.failed++ }

var (
	_ lockorder.TestingT = (*testing.T)(nil)
	_ lockorder.TestingM = (*testing.M)(nil)
)

// inTest is a finding in whose stacks a test function of a name is.
func inTest(id, test string) lockorder.Report {
	r := example("potential", id)
	r.Edges[0].Held[0].Stack = append(r.Edges[0].Held[0].Stack,
		lockorder.Frame{Func: "example.com/svc/cache_test." + test + ".func1", File: "/src/svc/cache/cache_test.go", Line: 9})
	return r
}

// elsewhere delivers from a goroutine that no test started.
func elsewhere(r lockorder.Report) {
	var wg sync.WaitGroup
	wg.Go(func() { wg.Go(func() { lockorder.Deliver(r) }) })
	wg.Wait()
}

func TestFindTellsWhatFailsTheGravestFirst(t *testing.T) {
	defer lockorder.Reset(lockorder.State{})()
	lockorder.SetHandler(func(lockorder.Report) {})
	require.NoError(t, lockorder.Find())
	for i, name := range []string{"guarded", "violation-order", "ordered", "deadlock-self", "hazard-wait-holding"} {
		lockorder.Deliver(example(name, fmt.Sprint(i)))
	}
	for range 2 {
		err := lockorder.Find()
		require.Error(t, err)
		require.Equal(t, []string{"deadlock", "violation"}, firstLines(err.Error()))
	}
	require.Equal(t, []string{"guarded", "hazard"}, firstLines(lockorder.Find(lockorder.FailOn(lockorder.Hazard, lockorder.Guarded)).Error()))
	require.NoError(t, lockorder.Find(lockorder.FailOn()))
	require.NoError(t, lockorder.Find(lockorder.InFunc("cache.*"), lockorder.WithID("3")))
}

func TestVerifyNoneTellsEachFindingToOneTest(t *testing.T) {
	defer lockorder.Reset(lockorder.State{})()
	lockorder.SetHandler(func(lockorder.Report) {})
	lockorder.Deliver(example("potential", "a"))
	first, second := &fakeT{name: "TestA"}, &fakeT{name: "TestB"}
	lockorder.VerifyNone(first)
	lockorder.VerifyNone(second)
	require.Len(t, first.errors, 1)
	require.True(t, strings.HasPrefix(first.errors[0], "interlock: potential: "))
	require.Empty(t, second.errors)
	require.Error(t, lockorder.Find(), "Find does not forget")
}

func TestVerifyNoneTellsTheGravestFirst(t *testing.T) {
	defer lockorder.Reset(lockorder.State{})()
	lockorder.SetHandler(func(lockorder.Report) {})
	for i, name := range []string{"violation-order", "potential", "deadlock-self"} {
		lockorder.Deliver(example(name, fmt.Sprint(i)))
	}
	told := &fakeT{name: "TestA"}
	lockorder.VerifyNone(told)
	require.Equal(t, []string{"deadlock", "potential", "violation"}, firstLines(strings.Join(told.errors, "")))
}

// Of what does not fail a test, locks left held are logged and nothing else, and not if they are silenced.
func TestVerifyNoneLogsLocksLeftHeld(t *testing.T) {
	defer lockorder.Reset(lockorder.State{})()
	lockorder.SetHandler(func(lockorder.Report) {})
	for _, name := range []string{"hazard-wait-holding", "guarded", "ordered", "hazard-held-at-exit"} {
		lockorder.Deliver(example(name, name))
	}
	lockorder.Deliver(example("hazard-held-at-exit", "silenced"))
	lockorder.Ignore(lockorder.WithID("silenced"))
	told := &fakeT{name: "TestA"}
	lockorder.VerifyNone(told)
	require.Empty(t, told.errors)
	require.Len(t, told.logs, 1)
	require.Contains(t, told.logs[0], "id: hazard-held-at-exit\n")
}

func TestParallelTestDoesNotFailForItsNeighbour(t *testing.T) {
	defer lockorder.Reset(lockorder.State{})()
	lockorder.SetHandler(func(lockorder.Report) {})
	elsewhere(inTest("a", "TestGuilty"))
	innocent, guilty := &fakeT{name: "TestInnocent"}, &fakeT{name: "TestGuilty/sub"}
	lockorder.VerifyNone(innocent)
	require.Empty(t, innocent.errors)
	lockorder.VerifyNone(guilty)
	require.Len(t, guilty.errors, 1)
}

func TestFindingOfATestsOwnGoroutineIsItsOwn(t *testing.T) {
	for name, deliver := range map[string]func(lockorder.Report){
		"by itself": lockorder.Deliver,
		"by a goroutine that it started": func(r lockorder.Report) {
			var wg sync.WaitGroup
			wg.Go(func() { lockorder.Deliver(r) })
			wg.Wait()
		},
	} {
		t.Run(name, func(t *testing.T) {
			defer lockorder.Reset(lockorder.State{})()
			lockorder.SetHandler(func(lockorder.Report) {})
			deliver(inTest("a", "TestSomebodyElse"))
			me := &fakeT{name: "TestWithAnotherName"}
			lockorder.VerifyNone(me)
			require.Len(t, me.errors, 1)
		})
	}
}

func TestFindingThatNamesNoTestWaitsForTheEnd(t *testing.T) {
	defer lockorder.Reset(lockorder.State{})()
	lockorder.SetHandler(func(lockorder.Report) {})
	code := -1
	defer lockorder.SetExit(func(c int) { code = c }, io.Discard)()

	some := &fakeT{name: "TestSome"}
	lockorder.VerifyTestMain(run(func() int {
		fromNowhere(example("potential", "a"))
		lockorder.VerifyNone(some)
		return 0
	}))
	require.Empty(t, some.errors)
	require.Equal(t, 1, code)
}

// fromNowhere delivers from a goroutine whose creator has no test in its name
// and is not the caller's.
func fromNowhere(r lockorder.Report) { nowhere(func() { lockorder.Deliver(r) }) }

func nowhere(f func()) {
	done := make(chan struct{})
	go func() { go func() { defer close(done); f() }() }()
	<-done
}

func TestWithoutTestMainNothingIsLost(t *testing.T) {
	defer lockorder.Reset(lockorder.State{})()
	lockorder.SetHandler(func(lockorder.Report) {})
	fromNowhere(example("potential", "a"))
	some := &fakeT{name: "TestSome"}
	lockorder.VerifyNone(some)
	require.Len(t, some.errors, 1)
}

func TestSmallestTestingTIsToldEverything(t *testing.T) {
	defer lockorder.Reset(lockorder.State{Held: left()})()
	lockorder.SetHandler(func(lockorder.Report) {})
	elsewhere(inTest("a", "TestGuilty"))
	fromNowhere(example("potential", "b"))
	var bare bareT
	lockorder.VerifyNone(&bare)
	require.Equal(t, 2, bare.failed)
}

type run func() int

func (r run) Run() int { return r() }

func TestVerifyTestMainEndsWithTheRightCode(t *testing.T) {
	for _, c := range []struct {
		name     string
		tests    int
		find     string
		verified bool
		opts     []lockorder.Option
		want     int
	}{
		{"all well", 0, "", false, nil, 0},
		{"tests failed", 2, "potential", false, nil, 2},
		{"found", 0, "potential", false, nil, 1},
		{"a test was told", 0, "potential", true, nil, 0},
		{"listed only", 0, "guarded", false, nil, 0},
		{"lowered", 0, "needs-writer-self", false, []lockorder.Option{lockorder.FailOn(lockorder.Deadlock)}, 0},
		{"left out", 0, "potential", false, []lockorder.Option{lockorder.InFile("cache/cache.go")}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer lockorder.Reset(lockorder.State{})()
			lockorder.SetHandler(func(lockorder.Report) {})
			code := -1
			var stderr strings.Builder
			defer lockorder.SetExit(func(c int) { code = c }, &stderr)()
			lockorder.VerifyTestMain(run(func() int {
				if c.find != "" {
					lockorder.Deliver(example(c.find, "a"))
				}
				if c.verified {
					lockorder.VerifyNone(&fakeT{name: t.Name()})
				}
				return c.tests
			}), c.opts...)
			require.Equal(t, c.want, code)
			require.Equal(t, c.want == 1, strings.Contains(stderr.String(), "\ninterlock: potential: "))
		})
	}
}

// left is one lock held by a finished goroutine and one by a living one.
func left() []lockorder.HeldLock {
	hold := examples()["hazard-held-at-exit"].Edges[0].Held[0]
	other := hold
	other.Lock = aMutex(99, "held by the living")
	return []lockorder.HeldLock{
		{Goroutine: 12, Finished: true, Hold: hold},
		{Goroutine: 13, Hold: other},
	}
}

func TestLockLeftByFinishedGoroutineIsASuspicion(t *testing.T) {
	defer lockorder.Reset(lockorder.State{Held: left()})()
	lockorder.SetHandler(func(lockorder.Report) {})
	require.NoError(t, lockorder.Find())

	me := &fakeT{name: "TestMe"}
	lockorder.VerifyNone(me)
	lockorder.VerifyNone(me)
	require.Empty(t, me.errors)
	require.Equal(t, []string{"hazard"}, firstLines(strings.Join(me.logs, "\n")))

	err := lockorder.Find(lockorder.FailOn(lockorder.Hazard))
	require.ErrorContains(t, err, "goroutine 12 has finished, and cache.mu, which it locked, is still held")
	require.NotContains(t, err.Error(), "goroutine 13")
}

func TestLeftLockFailsWhoAsksForIt(t *testing.T) {
	defer lockorder.Reset(lockorder.State{Held: left()})()
	lockorder.SetHandler(func(lockorder.Report) {})
	me := &fakeT{name: "TestMe"}
	lockorder.VerifyNone(me, lockorder.FailOn(lockorder.Hazard))
	require.Len(t, me.errors, 1)
	require.Empty(t, me.logs)
}

func TestTestFunctionIsFoundInFunctionNames(t *testing.T) {
	for fn, want := range map[string]string{
		"example.com/svc/cache_test.TestPut.func1": "TestPut",
		"example.com/svc/cache.TestPut":            "TestPut",
		"main.Test":                                "Test",
		"main.Test_put.func2.1":                    "Test_put",
		"example.com/x.FuzzPut":                    "FuzzPut",
		"example.com/x.BenchmarkPut.func1":         "BenchmarkPut",
		"example.com/x.Example":                    "Example",
		"example.com/x.Testify":                    "",
		"example.com/x.(*Suite).TestPut":           "",
		"example.com/TestDir/x.put":                "",
		"example.com/x.run[example.com/y.TestPut]": "",
		"": "",
	} {
		require.Equal(t, want, lockorder.TestFunction(fn), fn)
	}
}
