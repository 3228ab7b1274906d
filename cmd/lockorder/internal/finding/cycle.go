package finding

import (
	"slices"

	"github.com/interlock-go/interlock/internal/graphfile"
	"github.com/interlock-go/interlock/internal/rendezvous"
	"github.com/interlock-go/interlock/lockorder"
)

// closeness is how well a ring that has closed fits a cycle that was predicted.
type closeness int

const (
	apart  closeness = iota
	alike            // locks of the same classes
	itself           // at the same places
)

// realizes says whether ring is what r predicts: wherever either begins, each
// goroutine holds and asks for the same.
func realizes(ring, r *lockorder.Report) closeness {
	n := len(r.Edges)
	best := apart
	if len(ring.Edges) != n {
		return apart
	}
	for turn := range n {
		fits := itself
		for i, e := range r.Edges {
			fits = min(fits, samePart(ring.Edges[(i+turn)%n], e))
		}
		best = max(best, fits)
	}
	return best
}

func samePart(a, b lockorder.Edge) closeness {
	heldA, okA := via(a)
	heldB, okB := via(b)
	fits := sameHold(a.Want, b.Want)
	switch {
	case okA != okB:
		return apart
	case okA:
		fits = min(fits, sameHold(heldA, heldB))
	}
	return fits
}

// via is the hold for which the edge before waits.
func via(e lockorder.Edge) (lockorder.Hold, bool) {
	if e.Via < 0 || e.Via >= len(e.Held) {
		return lockorder.Hold{}, false
	}
	return e.Held[e.Via], true
}

func sameHold(a, b lockorder.Hold) closeness {
	switch {
	case a.Read != b.Read:
		return apart
	case position(a.Stack) == position(b.Stack): // a lock may get its class after its first orders
		return itself
	case a.Lock.Class != "" && a.Lock.Class == b.Lock.Class:
		return alike
	}
	return apart
}

// Confirms gives each finding the ring that has closed for it, and returns the
// rings that nobody predicted. A ring belongs to the findings of the same places;
// only if there is none, to those of the same classes.
func (f List) Confirms(rings []lockorder.Report) (others []lockorder.Report) {
	for i := range rings {
		ring := &rings[i]
		best := apart
		for j := range f {
			if f[j].Report.Tier == lockorder.Potential {
				best = max(best, realizes(ring, &f[j].Report))
			}
		}
		if best == apart {
			others = append(others, *ring)
			continue
		}
		for j := range f {
			one := &f[j]
			if one.Report.Tier == lockorder.Potential && one.Ring == nil && realizes(ring, &one.Report) == best {
				one.Ring = ring
			}
		}
	}
	return others
}

// PartsOf are the parts of a predicted cycle: at the places of the report, and with wide at
// all places at which the graph has the same orders of the same classes. programs are
// those that take the orders of all parts.
func PartsOf(r *lockorder.Report, graph *graphfile.Graph, wide bool) (parts []rendezvous.Part, programs map[string]bool) {
	processes := graph.Processes()
	for i, e := range r.Edges {
		part := rendezvous.Part{Orders: []rendezvous.Order{placesOf(e)}, Queued: e.Via < 0}
		by := map[string]bool{}
		for _, o := range graph.Orders() {
			at, same := sameOrder(o, e)
			if !same {
				continue
			}
			if wide && !slices.Contains(part.Orders, at) {
				part.Orders = append(part.Orders, at)
			}
			for _, s := range o.Seen {
				by[processes[s.Process].Program] = true
			}
		}
		parts = append(parts, part)
		if i == 0 {
			programs = by
			continue
		}
		for program := range programs {
			if !by[program] {
				delete(programs, program)
			}
		}
	}
	return parts, programs
}

func placesOf(e lockorder.Edge) rendezvous.Order {
	o := rendezvous.Order{Want: placeOf(e.Want)}
	if h, ok := via(e); ok {
		o.Held = placeOf(h)
	}
	return o
}

func placeOf(h lockorder.Hold) rendezvous.Place {
	return rendezvous.Place{At: position(h.Stack), Read: h.Read}
}

// sameOrder says whether an order of the graph is what the edge does, and where.
func sameOrder(o graphfile.Order, e lockorder.Edge) (rendezvous.Order, bool) {
	want := bareHold(o.Want)
	if sameHold(want, e.Want) == apart {
		return rendezvous.Order{}, false
	}
	held, ok := via(e)
	if !ok {
		return rendezvous.Order{Want: placeOf(want)}, true
	}
	for _, h := range o.Held {
		if h := bareHold(h); sameHold(h, held) != apart {
			return rendezvous.Order{Held: placeOf(h), Want: placeOf(want)}, true
		}
	}
	return rendezvous.Order{}, false
}
