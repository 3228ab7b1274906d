package engine

import "github.com/interlock-go/interlock/internal/heldset"

// A lock that no order knows gets a node too when a snapshot or the report of a ring names it. No clean-up can be bound to
// that one: who looks at another goroutine's held set knows identities, not addresses. Without more, a program
// that is looked at every second would keep a node for every short-lived lock that was ever seen held. So these nodes are swept:
// they go when nobody holds the lock or waits for it, and a lock that is named again later has another number.

// sweepEvery is how many rings are described between two sweeps; a snapshot always sweeps.
const sweepEvery = 64

// sweep frees the nodes that were made to name a lock, and are not needed for that any more. It takes time in proportion to
// the nodes and the records. A hold that comes or goes meanwhile may be missed, which costs a number.
//
//go:norace
func (e *engine) sweep() {
	t := &e.locks
	for i, r := records.next(0); r != nil; i, r = records.next(i) {
		for j := uint32(0); j < r.held.Len(); j++ {
			t.use(heldset.ID(r.held.At(j).Key))
		}
		if c := r.waitsFor(); c != nil {
			t.use(c.identify())
		}
	}
	for i := range e.left.Slots() {
		t.use(heldset.ID(e.left.At(i).Key))
	}
	for i := uint32(1); i <= t.used; i++ {
		n := &t.nodes[i]
		if n.id != 0 && !n.bound && !n.ordered && !n.used {
			t.release(i)
		}
		n.used = false
	}
}

// use keeps the lock's node, if it has one, from the sweep.
//
//go:norace
func (t *lockTable) use(id uint64) {
	if i, ok := t.byID.Get(id); ok {
		t.nodes[i].used = true
	}
}
