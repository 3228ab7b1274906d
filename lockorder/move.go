package lockorder

import "fmt"

// move is the pair of lines in one function whose order decides: where it
// locks, and where it asks, itself or by a call.
type move struct {
	lock, ask Frame
	direct    bool // both locks are locked in that very function
}

// findMove looks for the innermost function that is on both stacks: the place
// from which both lines can be seen and put in another order.
func findMove(held, want Hold) (move, bool) {
	for i, h := range held.Stack {
		for j, w := range want.Stack {
			if h.Func == w.Func && h.File == w.File {
				return move{lock: h, ask: w, direct: i == 0 && j == 0}, true
			}
		}
	}
	return move{}, false
}

// reorder says how one goroutine's two locks change places.
func reorder(e Edge, n namer) string {
	held, ok := e.held()
	if !ok {
		return ""
	}
	first, second := n.short(held.Lock), n.short(e.Want.Lock)
	m, ok := findMove(held, e.Want)
	switch {
	case !ok:
		return fmt.Sprintf("Lock %s, at %s, before %s, at %s, or unlock %s first.", second, at(e.Want), first, at(held), first)
	case m.direct:
		return fmt.Sprintf("In %s, move the lock of %s at %s above the lock of %s at %s.", m.lock.short(), second, m.ask.place(), first, m.lock.place())
	}
	return fmt.Sprintf("In %s, %s is locked at %s, and the call at %s leads to the lock of %s at %s: lock %s before %s there, or make the call before or after %s is held.",
		m.lock.short(), first, m.lock.place(), m.ask.place(), second, at(e.Want), second, first, first)
}

// reorderOne describes the change in one goroutine, and the same from the
// other side if there are only two.
func (r *Report) reorderOne(n namer) string {
	var ways []string
	for i := len(r.Edges) - 1; i >= 0; i-- {
		if way := reorder(r.Edges[i], n); way != "" {
			ways = append(ways, way)
		}
	}
	switch {
	case len(ways) == 0:
		return ""
	case len(r.Edges) == 2 && len(ways) == 2:
		return ways[0] + " Or keep that and change the other. " + ways[1]
	case len(r.Edges) > 2:
		return fmt.Sprintf("One goroutine of the %d is enough, for instance the last. %s", len(r.Edges), ways[0])
	}
	return ways[0]
}

// at is the place of a hold in a sentence.
func at(h Hold) string {
	if f, ok := h.site(); ok {
		return f.place()
	}
	return "an unknown place"
}

// atIn adds the function.
func atIn(h Hold) string {
	if f, ok := h.site(); ok {
		return f.place() + " in " + f.short()
	}
	return "an unknown place"
}
