package lockorder

import (
	"fmt"
	"strings"
)

// Waker is a goroutine that could end another one's wait for a condition: a signaller of a
// Cond, a consumer of a full buffer, a holder of what an allocator has run out of.
type Waker struct {
	Goroutine uint64 `json:"goroutine"`      // its id, as in a goroutine dump
	Gone      bool   `json:"gone,omitempty"` // it has finished
}

// throughWaits tells a ring in which somebody waits for another to act from one of locks alone.
func (r *Report) throughWaits() bool {
	if r.Kind != KindRing {
		return false
	}
	for _, e := range r.Edges {
		if len(e.Wakers) > 0 {
			return true
		}
	}
	return false
}

// abandoned tells that nobody is left who could end the wait of the only goroutine.
func (r *Report) abandoned() bool {
	if len(r.Edges) != 1 || !r.throughWaits() {
		return false
	}
	for _, w := range r.Edges[0].Wakers {
		if !w.Gone {
			return false
		}
	}
	return true
}

// waiter is the first edge that waits for another goroutine to act.
func (r *Report) waiter() Edge {
	for _, e := range r.Edges {
		if len(e.Wakers) > 0 {
			return e
		}
	}
	return r.Edges[0]
}

// wakers is the line on who could end an edge's wait.
func (e Edge) wakers() string {
	var all, gone []string
	for _, w := range e.Wakers {
		id := itoa(w.Goroutine)
		if w.Goroutine == e.Goroutine {
			id = "itself"
		}
		all = append(all, id)
		if w.Gone {
			gone = append(gone, id)
		}
	}
	switch {
	case len(all) == 1 && all[0] == "itself":
		return "only the goroutine itself could end that wait"
	case len(all) == 1 && len(gone) == 1:
		return "only goroutine " + all[0] + " could end that wait, and it has finished"
	case len(all) == 1:
		return "only goroutine " + all[0] + " could end that wait"
	case len(gone) == len(all):
		return "only goroutines " + list(all) + " could end that wait, and they have finished"
	case len(gone) == 1:
		return "only goroutines " + list(all) + " could end that wait, and " + gone[0] + " has finished"
	case len(gone) > 1:
		return "only goroutines " + list(all) + " could end that wait, and " + list(gone) + " have finished"
	}
	return "only goroutines " + list(all) + " could end that wait"
}

func (r *Report) writeKnot(b *strings.Builder, n namer) {
	if len(r.Knot) == 0 {
		return
	}
	b.WriteString("  beside the ring, and blocked for ever as well, so that they wake nobody:\n")
	for _, e := range r.Knot {
		e.Via = -1
		r.writeGoroutine(b, n, e, "")
	}
}

func (r *Report) summarizeWaits(n namer) string {
	through := list(namesOf(r.cycleLocks(), n.sited))
	size := len(r.Edges)
	e := r.Edges[0]
	switch {
	case r.Refused && size == 1:
		return fmt.Sprintf("a wait with a context was refused: nobody could end goroutine %d's wait on %s", e.Goroutine, through)
	case r.Refused:
		return fmt.Sprintf("a wait with a context was refused: it would have closed a ring of %d goroutines through %s", size, through)
	case r.abandoned():
		return fmt.Sprintf("goroutine %d waits on %s, and every goroutine that could end that has finished", e.Goroutine, through)
	case size == 1:
		return fmt.Sprintf("goroutine %d waits on %s for what only it could do itself, and will never go on", e.Goroutine, through)
	case size == 2:
		return fmt.Sprintf("goroutines %d and %d wait for each other, through %s, and will never go on", e.Goroutine, r.Edges[1].Goroutine, through)
	}
	return fmt.Sprintf("%d goroutines wait for one another in a ring, through %s, and will never go on", size, through)
}

func (r *Report) whyWaits(n namer) (Condition, string) {
	if r.abandoned() {
		return "", "A wait on " + n.short(r.Edges[0].Want.Lock) + " ends only when another goroutine acts. " +
			"Those that registered to do so have finished, so nobody will."
	}
	why := "Each of these goroutines waits for the next: it asks for what that one holds, or for something to be done that only that one could do. " +
		"None does anything before it has got what it asks for."
	if len(r.Edges) == 1 {
		why = "A goroutine that is blocked does nothing, and nobody else could end this wait."
	}
	if len(r.Knot) > 0 {
		why += " The others that could have helped are blocked for ever too."
	}
	if r.Refused {
		return NoPreemption, why + " One of the calls was turned away with this as its error, so the others go on."
	}
	return CircularWait, why + " Nothing but the end of the process frees them."
}

func (r *Report) adviseWaits(n namer) []Advice {
	e := r.waiter()
	on := n.short(e.Want.Lock)
	if r.abandoned() {
		return []Advice{{Text: fmt.Sprintf("Let the last goroutine that acts on %s tell those who wait that it is the last (Broadcast, Close) before it returns.", on)}}
	}
	if len(r.Edges) == 1 {
		return []Advice{{CircularWait, fmt.Sprintf("Let another goroutine act on %s, and register it; the one that waits at %s cannot.", on, at(e.Want))}}
	}
	var advice []Advice
	for i, e := range r.Edges {
		held, ok := e.held()
		if ok && len(e.Wakers) > 0 {
			advice = append(advice, Advice{HoldAndWait, fmt.Sprintf("Unlock %s before the wait on %s at %s: goroutine %d needs it before it can act.",
				n.short(held.Lock), n.short(e.Want.Lock), at(e.Want), r.Edges[(i+len(r.Edges)-1)%len(r.Edges)].Goroutine)})
		}
	}
	if len(advice) == 0 {
		advice = append(advice, Advice{CircularWait, fmt.Sprintf("Let one of them act before it waits: whoever waits on %s at %s is itself needed by another of the ring.", on, at(e.Want))})
	}
	if !r.Refused {
		advice = append(advice, Advice{NoPreemption, "Wait with a context, as by LockContext: the call that would close the ring returns a *lockorder.DeadlockError instead; let go of what is held and try again."})
	}
	return advice
}
