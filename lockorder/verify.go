package lockorder

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
)

// TestingT is what VerifyNone needs of a *testing.T. It uses Helper, Log and
// Name as well if they are there.
type TestingT interface {
	Error(args ...any) // as testing.T has it
}

// TestingM is what VerifyTestMain needs of a *testing.M.
type TestingM interface {
	Run() int // as testing.M has it
}

// Option changes what [Find], [VerifyNone] and [VerifyTestMain] count as a
// failure. [FailOn] makes one, and every [Match] is one.
type Option interface{ applyOption(*options) }

type options struct {
	failing tierSet
	ignored rules
}

func (m Match) applyOption(o *options) { o.ignored = append(o.ignored, []Match{m}) }

type failOn tierSet

func (f failOn) applyOption(o *options) { o.failing = tierSet(f) }

// FailOn replaces the tiers that fail: Deadlock, Potential, NeedsWriter and
// Violation. FailOn(Deadlock, Potential) lets NeedsWriter pass; a list with
// Hazard fails also for a lock that a finished goroutine left locked.
func FailOn(tiers ...Tier) Option { return failOn(tiersOf(tiers...)) }

func buildOpts(opts []Option) options {
	o := options{failing: failingTiers}
	for _, opt := range opts {
		opt.applyOption(&o)
	}
	return o
}

// fails reports whether a finding counts as a failure.
func (o *options) fails(r *Report) bool {
	return o.failing.has(r.Tier) && !silenced(r) && !o.ignored.match(r)
}

// foundError is the error of Find.
type foundError []Report

func (e foundError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "lockorder: %d %s\n", len(e), plural(len(e), "finding"))
	for _, r := range e {
		b.WriteString(r.String())
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func plural(n int, what string) string {
	if n == 1 {
		return what
	}
	return what + "s"
}

// Find returns an error with the text of all findings of the process so far
// that fail, or nil. It says the same each time it is asked. It is for programs that
// are no tests, such as one that exits with 1 at its end; tests have [VerifyNone] and [VerifyTestMain].
func Find(opts ...Option) error {
	o := buildOpts(opts)
	auditHeld()
	var found foundError
	for _, r := range reports() {
		if o.fails(&r) {
			found = append(found, r)
		}
	}
	if len(found) == 0 {
		return nil
	}
	gravestFirst(found)
	return found
}

// mainVerifies is set when VerifyTestMain will ask for what no test was told.
var mainVerifies atomic.Bool

// VerifyNone fails the test for each finding in which it takes part, and that
// no test was told before:
//
//	defer lockorder.VerifyNone(t)
//
// Findings belong to the process, tests run side by side. A finding is the
// test's if the test's goroutine takes part in it, made it or started the
// goroutine that made it, or if the test function is on one of its stacks. One
// that names another test function is left for that one. What names no test,
// because both sides ran in goroutines started deeper down, is left for
// [VerifyTestMain] if the package has one; else the first VerifyNone that
// sees it is told. So with VerifyTestMain a parallel test never fails for
// its neighbour, and without it no finding is lost to politeness.
//
// What the options leave out stays untold: VerifyTestMain fails for it unless
// it has the same options. [Ignore] is for what should fail nowhere.
//
// A lock that is held by a goroutine that has finished is a suspicion, for
// another goroutine may be going to unlock it. It is logged, and fails the
// test only if [FailOn] lists Hazard.
func VerifyNone(t TestingT, opts ...Option) {
	if h, ok := t.(interface{ Helper() }); ok {
		h.Helper()
	}
	o := buildOpts(opts)
	auditHeld()
	asks := asker{goroutine: currentFinder().goroutine, last: !mainVerifies.Load()}
	if n, ok := t.(interface{ Name() string }); ok {
		asks.test, _, _ = strings.Cut(n.Name(), "/")
	}
	for _, r := range claim(func(rec *record) bool { return o.fails(&rec.report) && asks.owns(rec) }) {
		t.Error(r.String())
	}
	l, ok := t.(interface{ Log(args ...any) })
	if !ok {
		return
	}
	for _, r := range claim(func(rec *record) bool {
		return rec.report.Kind == KindHeldAtExit && !silenced(&rec.report) && !o.ignored.match(&rec.report) && asks.owns(rec)
	}) {
		l.Log(r.String())
	}
}

// How VerifyTestMain ends the process; tests put their own in place.
var (
	exit             = os.Exit
	stderr io.Writer = os.Stderr
)

// VerifyTestMain runs the tests of a package and then fails the run for
// findings that no test was told by [VerifyNone]:
//
//	func TestMain(m *testing.M) { lockorder.VerifyTestMain(m) }
//
// Like go test itself it ends the process. If tests failed, it says no more.
func VerifyTestMain(m TestingM, opts ...Option) {
	mainVerifies.Store(true)
	code := m.Run()
	if code == 0 {
		o := buildOpts(opts)
		auditHeld()
		left := claim(func(rec *record) bool { return o.fails(&rec.report) })
		if len(left) > 0 {
			code = 1
			fmt.Fprintln(stderr, foundError(left))
		}
	}
	exit(code)
}

// auditHeld makes a finding of each lock that a finished goroutine left locked.
func auditHeld() {
	for _, h := range engineHeld() {
		if !h.Finished {
			continue
		}
		r := Report{
			Tier: Hazard, Kind: KindHeldAtExit, Overlap: true,
			Edges: []Edge{{Goroutine: h.Goroutine, Held: []Hold{h.Hold}}},
		}
		r.ID = fingerprint(&r)
		r.explain()
		deliver(r)
	}
}
