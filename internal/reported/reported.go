// Package reported collects what the detector reports while a test runs.
package reported

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/interlock-go/interlock/internal/engine"
	"github.com/interlock-go/interlock/lockorder"
)

// patience bounds every wait. Nothing waits that long unless it is broken.
const patience = 10 * time.Second

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
	lockorder.SetHandler(r.take)
	t.Cleanup(func() {
		lockorder.SetHandler(nil)
		engine.Reset()
	})
	return r
}

func (r *Reports) take(one lockorder.Report) {
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
