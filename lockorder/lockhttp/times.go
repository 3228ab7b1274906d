package lockhttp

import (
	"cmp"
	"slices"
	"time"

	"github.com/interlock-go/interlock/lockorder"
)

// Times are the longest waits and holds. All times are lower bounds.
type Times struct {
	At    time.Time `json:"at"`    // of the look
	Since time.Time `json:"since"` // of the first look: nothing was timed before
	Waits []Wait    `json:"waits"` // the longest first
	Holds []Hold    `json:"holds"` // the longest first
}

// Hold is a lock that is held.
type Hold struct {
	lockorder.HeldLock
	Waiters int `json:"waiters"` // how many goroutines wait for the lock
	// Seconds is for how long the same goroutine was seen with it, from the same
	// line, at each look. It may have released and locked it in between.
	Seconds float64 `json:"seconds"`
	// Certain is for how long it was one hold beyond doubt, because its goroutine
	// was blocked, or had finished.
	Certain float64 `json:"certain"`
}

func (l *live) times() Times {
	at, state := l.snapshot()
	t := Times{At: at, Since: l.looks.began(), Waits: l.allWaits(at, state), Holds: []Hold{}}
	slices.SortStableFunc(t.Waits, func(a, b Wait) int { return cmp.Compare(b.Seconds, a.Seconds) })
	waiters := map[uint64]int{}
	for _, w := range state.Waits {
		waiters[w.Want.Lock.ID]++
	}
	for _, h := range state.Held {
		seen, certain := l.looks.held(at, h)
		t.Holds = append(t.Holds, Hold{h, waiters[h.Hold.Lock.ID], seen, certain})
	}
	slices.SortFunc(t.Holds, func(a, b Hold) int {
		return cmp.Or(cmp.Compare(b.Seconds, a.Seconds), cmp.Compare(b.Waiters, a.Waiters),
			cmp.Compare(a.Goroutine, b.Goroutine), cmp.Compare(a.Hold.Lock.ID, b.Hold.Lock.ID))
	})
	return t
}
