package lockhttp

import (
	"cmp"
	"slices"
	"time"

	"github.com/interlock-go/interlock/lockorder"
)

// Waits is who waits for whom.
type Waits struct {
	At time.Time `json:"at"` // of the look
	// Rings are the deadlocks whose goroutines all wait still.
	Rings []lockorder.Report `json:"rings"`
	// Waits has those of a ring first, then the longest.
	Waits []Wait `json:"waits"`
	// Parked are goroutines that are blocked with nobody registered who could wake them, the most first.
	Parked []lockorder.ParkedCall `json:"parked"`
	// ParkedAt is when Parked was read, which is less often than the rest: every two seconds at most, and
	// at most a hundredth of the time is spent on it.
	ParkedAt time.Time `json:"parked_at"`
}

// Wait is a goroutine that waits.
type Wait struct {
	lockorder.Wait
	Held []lockorder.Hold `json:"held,omitempty"` // what it holds meanwhile
	// Locked is who holds what it waits for, and where they locked it: as many of Holders as the look found.
	Locked  []lockorder.HeldLock `json:"locked,omitempty"`
	InRing  bool                 `json:"in_ring"` // it is part of a deadlock
	Seconds float64              `json:"seconds"` // how long it has been seen to wait
}

func (l *live) waits() Waits {
	at, state := l.snapshot()
	w := Waits{At: at, Rings: rings(state), Waits: l.allWaits(at, state)}
	w.ParkedAt, w.Parked = l.crowd.read(l.looks.now, state)
	return w
}

// rings are the findings that are true now: a ring that was refused, or of which a
// goroutine has been freed by somebody who unlocked for it, is past.
func rings(s lockorder.State) []lockorder.Report {
	waiting := map[uint64]uint64{}
	for _, w := range s.Waits {
		waiting[w.Goroutine] = w.Want.Lock.ID
	}
	still := []lockorder.Report{}
	for _, f := range s.Findings {
		r := f.Report
		if r.Tier != lockorder.Deadlock || r.Refused {
			continue
		}
		gone := slices.ContainsFunc(r.Edges, func(e lockorder.Edge) bool {
			lock, waits := waiting[e.Goroutine]
			return !waits || lock != e.Want.Lock.ID
		})
		if !gone {
			still = append(still, r)
		}
	}
	return still
}

func (l *live) allWaits(at time.Time, s lockorder.State) []Wait {
	inRing := map[uint64]bool{}
	for _, r := range rings(s) {
		for _, e := range slices.Concat(r.Edges, r.Knot) {
			inRing[e.Goroutine] = true
		}
	}
	held, of := map[uint64][]lockorder.Hold{}, map[uint64][]lockorder.HeldLock{}
	for _, h := range s.Held {
		held[h.Goroutine] = append(held[h.Goroutine], h.Hold)
		of[h.Hold.Lock.ID] = append(of[h.Hold.Lock.ID], h)
	}
	all := []Wait{}
	for _, w := range s.Waits {
		all = append(all, Wait{Wait: w, Held: held[w.Goroutine], Locked: of[w.Want.Lock.ID], InRing: inRing[w.Goroutine], Seconds: l.looks.waited(at, w)})
	}
	slices.SortFunc(all, func(a, b Wait) int {
		return cmp.Or(falseFirst(b.InRing, a.InRing), cmp.Compare(b.Seconds, a.Seconds), cmp.Compare(a.Goroutine, b.Goroutine))
	})
	return all
}

// falseFirst puts false before true.
func falseFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
