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
	if ok && m.direct && m.lock.Line == m.ask.Line {
		return fmt.Sprintf("In %s, the lock at %s is reached again with the one before still held: sort the locks first, by address or by a number of their own.",
			m.lock.short(), m.lock.place())
	}
	switch {
	case !ok:
		return fmt.Sprintf("Take %s, at %s, before %s, at %s, or unlock %s first.", second, at(e.Want), first, at(held), first)
	case m.direct:
		return fmt.Sprintf("In %s, move the %s of %s at %s above the %s of %s at %s.", m.lock.short(), deed(e.Want), second, m.ask.place(), deed(held), first, m.lock.place())
	}
	return fmt.Sprintf("In %s, %s is locked at %s, and the call at %s leads to the %s of %s at %s: take %s before %s there, or make the call before or after %s is held.",
		m.lock.short(), first, m.lock.place(), m.ask.place(), deed(e.Want), second, at(e.Want), second, first, first)
}

// deed is what is done to a lock.
func deed(h Hold) string {
	if h.Lock.Type == "Mutex" || h.Lock.Type == "RWMutex" {
		return "lock"
	}
	return "call"
}

// reorderOne describes the change in one goroutine, and the same from the
// other side if there are only two.
func (r *Report) reorderOne(n namer) string {
	if m, same := r.sameLines(); same {
		if m.lock.Line == m.ask.Line {
			return reorder(r.Edges[0], n)
		}
		return fmt.Sprintf("All orders come from the same two lines, %s and %s in %s, with other locks each time: "+
			"compare the locks before the first line, by address or by a number of their own, and take the lower first.",
			m.lock.place(), m.ask.place(), m.lock.short())
	}
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

// sameLines tells whether all goroutines took their locks at the same two
// lines: then no line can be moved, and the locks themselves need an order.
func (r *Report) sameLines() (move, bool) {
	var first move
	for i, e := range r.Edges {
		held, ok := e.held()
		if !ok {
			return move{}, false
		}
		m, ok := findMove(held, e.Want)
		if i == 0 {
			first = m
		}
		if !ok || m != first {
			return move{}, false
		}
	}
	return first, len(r.Edges) > 1
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
