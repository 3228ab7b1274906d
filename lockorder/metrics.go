package lockorder

import "github.com/interlock-go/interlock/internal/engine"

// Metrics are numbers to watch a program by. The names of the JSON fields are stable.
//
// How often locks are acquired is not among them: counting would cost every Lock what its
// fast path costs.
type Metrics struct {
	Findings map[Tier]uint64 `json:"findings"` // distinct ones by tier, all tiers listed, without silenced ones
	Silenced uint64          `json:"silenced"` // distinct ones that Ignore silences
	Repeats  uint64          `json:"repeats"`  // findings made again, without another report
	Waits    uint64          `json:"waits"`    // goroutines that wait now
	Held     uint64          `json:"held"`     // holds now, readers counted each; about, while locks are in use
	Locks    uint64          `json:"locks"`    // locks that have been nested, and still exist
	Stats
}

// ReadMetrics returns the numbers as they are. It is cheaper than [Snapshot]: it takes time in
// proportion to the goroutines that have used locks, not to the orders.
func ReadMetrics() Metrics {
	t := engine.Count()
	m := Metrics{
		Findings: map[Tier]uint64{}, Waits: uint64(t.Waits), Held: uint64(t.Held), Locks: uint64(t.Locks),
		Stats: Stats{Dependencies: t.Dependencies, Aged: t.Aged, Truncated: t.Truncated},
	}
	for tier := Deadlock; tier <= Hazard; tier++ {
		m.Findings[tier] = 0
	}
	for _, r := range t.Repeats {
		m.Repeats += r.Count
	}
	findings.mu.Lock()
	for _, rec := range findings.list {
		m.Repeats += rec.repeats
	}
	findings.mu.Unlock()
	for _, r := range reports() {
		if silenced(&r) {
			m.Silenced++
		} else {
			m.Findings[r.Tier]++
		}
	}
	return m
}
