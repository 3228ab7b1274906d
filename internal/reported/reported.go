// Package reported collects what the detector reports while a test runs.
package reported

import (
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/interlock-go/interlock/internal/engine"
	"github.com/interlock-go/interlock/lockorder"
)

// patience bounds every wait. Nothing waits that long unless it is broken.
const patience = 10 * time.Second

// Leavings are the ways in which a report handler can leave the call that it interrupts, other than by returning.
var Leavings = map[string]func(){
	"panic":  func() { panic("handler") },
	"Goexit": runtime.Goexit,
}

// Reports are those of a test, in the order in which they were made.
type Reports struct {
	t    testing.TB
	more chan struct{} // has something in it after a report

	mu  sync.Mutex
	all []lockorder.Report
	at  []time.Time
}

// During begins with a detector that has seen nothing and collects until the test ends. Tests that use it
// do not run in parallel.
func During(t testing.TB) *Reports {
	t.Helper()
	engine.Reset()
	r := &Reports{t: t, more: make(chan struct{}, 1)}
	lockorder.SetHandler(r.Take)
	t.Cleanup(func() {
		lockorder.SetHandler(nil)
		engine.Reset()
	})
	return r
}

// Take is the handler. A test that sets a handler of its own calls it from there.
func (r *Reports) Take(one lockorder.Report) {
	r.mu.Lock()
	r.all, r.at = append(r.all, one), append(r.at, time.Now())
	r.mu.Unlock()
	select {
	case r.more <- struct{}{}:
	default:
	}
}

// All returns the reports so far.
func (r *Reports) All() []lockorder.Report {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.all)
}

// Of returns those of a tier.
func (r *Reports) Of(tier lockorder.Tier) (some []lockorder.Report) {
	for _, one := range r.All() {
		if one.Tier == tier {
			some = append(some, one)
		}
	}
	return some
}

// None fails the test if there is a report of the tier.
func (r *Reports) None(tier lockorder.Tier) {
	r.t.Helper()
	if some := r.Of(tier); len(some) > 0 {
		r.t.Fatalf("%d reports of tier %v: %v", len(some), tier, some)
	}
}

// Nothing is the tier of no report at all.
const Nothing lockorder.Tier = 0

// Gravest is the gravest tier reported.
func (r *Reports) Gravest() lockorder.Tier {
	gravest := Nothing
	for _, one := range r.All() {
		if gravest == Nothing || one.Tier < gravest {
			gravest = one.Tier
		}
	}
	return gravest
}

// Want fails the test unless the gravest report has the tier, and returns the first such report.
func (r *Reports) Want(tier lockorder.Tier) (one lockorder.Report) {
	r.t.Helper()
	if gravest := r.Gravest(); gravest != tier {
		r.t.Fatalf("the gravest report is of tier %v, not %v: %v", gravest, tier, r.All())
	}
	if tier != Nothing {
		one = r.Of(tier)[0]
	}
	return one
}

// Only is Want for exactly one report.
func (r *Reports) Only(tier lockorder.Tier) lockorder.Report {
	r.t.Helper()
	if all := r.All(); len(all) != 1 {
		r.t.Fatalf("%d reports instead of one: %v", len(all), all)
	}
	return r.Want(tier)
}

// Arrives returns when something has been reported since it, or Forget, was last called; false when patience is over.
func (r *Reports) Arrives() bool {
	select {
	case <-r.more:
		return true
	case <-time.After(patience):
		return false
	}
}

// Forget makes Arrives wait for another report than those so far.
func (r *Reports) Forget() {
	select {
	case <-r.more:
	default:
	}
}

// AwaitOnly is Await for the only report of its tier.
func (r *Reports) AwaitOnly(tier lockorder.Tier) lockorder.Report {
	r.t.Helper()
	one, _ := r.Await(tier)
	if some := r.Of(tier); len(some) != 1 {
		r.t.Fatalf("%d reports instead of one: %v", len(some), some)
	}
	return one
}

// Await waits for the first report of a tier, and returns it and when it was made.
func (r *Reports) Await(tier lockorder.Tier) (lockorder.Report, time.Time) {
	r.t.Helper()
	deadline := time.After(patience)
	for {
		if one, at, ok := r.first(tier); ok {
			return one, at
		}
		select {
		case <-r.more:
		case <-deadline:
			r.t.Fatalf("no report of tier %v in %v; there are %v", tier, patience, r.All())
		}
	}
}

func (r *Reports) first(tier lockorder.Tier) (lockorder.Report, time.Time, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, one := range r.all {
		if one.Tier == tier {
			return one, r.at[i], true
		}
	}
	return lockorder.Report{}, time.Time{}, false
}
