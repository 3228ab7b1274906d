package engine

import (
	"sync/atomic"
	"unsafe"

	"github.com/interlock-go/interlock/internal/rule"
)

// ring looks for a ring of blocked goroutines through r and returns the finding if
// there is one that has not been told.
//
// What is read of other goroutines is consistent because it is read twice: a member
// whose seq is the same in both passes was blocked all the while between them, so there is
// an instant at which every member was blocked and held what the next one waits for.
// None of them can let go by itself.
//
//go:norace
func (r *Record) ring() *Finding {
	w := &waiting
	w.mu.Lock()
	ring := w.search(r)
	told := true
	for _, m := range ring {
		told = told && m.state&inRing != 0
		m.state |= inRing
	}
	var f *Finding
	if len(ring) > 0 && !told {
		var isNew bool
		f, isNew = eng.ringFinding(ring)
		if f == nil || refuse(ring, r, f) || !f.Refused && !isNew {
			f = nil // another call ends, or it was told and r goes back to wait
		}
	}
	w.mu.Unlock()
	return f
}

// refuse breaks the ring where somebody agreed to that beforehand: by LockContext, whose
// call then ends with the finding as its error. If r is such a caller it learns by
// return; else another one is woken, refuse reports true, and r goes on to wait. The caller holds the
// list's lock.
//
//go:norace
func refuse(ring []*Record, r *Record, f *Finding) bool {
	for _, m := range ring {
		if m.mind == nil || m.mind.wake == 0 {
			continue
		}
		f.Refused = true
		for _, other := range ring {
			other.state &^= inRing
		}
		if m == r {
			return false
		}
		m.mind.refused = f
		select { //house:allow sent without waiting, in a quiet section
		case *(*chan<- struct{})(unsafe.Pointer(&m.mind.wake)) <- struct{}{}: //house:allow sent without waiting, in a quiet section
		default: // woken already; it looks at refused before it waits again
		}
		return true
	}
	return false
}

// search returns a path from r back to r, r first, or nothing.
//
//go:norace
func (w *waitList) search(r *Record) []*Record {
	w.mark++
	w.reserve()
	if !w.visit(r, r, 0) {
		return nil
	}
	n := 0
	for w.path[n] != nil {
		n++
	}
	ring := w.path[:n]
	for i, m := range ring {
		next := ring[(i+1)%n]
		if atomic.LoadUint32(&m.seq) != w.seqs[i] || !m.blockedBy(next) {
			return nil
		}
	}
	return ring
}

// reserve makes room for a path through every record there is.
//
//go:norace
func (w *waitList) reserve() {
	n := records.count + 2
	if len(w.path) < n {
		w.path, w.seqs = make([]*Record, 2*n), make([]uint32, 2*n)
	}
}

// visit extends the path by x, at depth, and reports whether it leads back to r.
//
//go:norace
func (w *waitList) visit(x, r *Record, depth int) bool {
	if depth+1 >= len(w.path) {
		return false
	}
	x.mark = w.mark
	w.path[depth], w.path[depth+1] = x, nil
	w.seqs[depth] = atomic.LoadUint32(&x.seq)
	c := x.waitsFor()
	if c == nil {
		return false
	}
	if o := c.Record(); o != nil && w.follow(x, o, r, depth) {
		return true
	}
	if x.waitKind == ForMutex || x.waitKind == ForOnce {
		return false
	}
	for y := w.first; y != nil; y = y.mind.next {
		if w.follow(x, y, r, depth) {
			return true
		}
	}
	return false
}

// follow goes from x to y if y stands in x's way.
//
//go:norace
func (w *waitList) follow(x, y, r *Record, depth int) bool {
	if y == r {
		return x.blockedBy(r)
	}
	return y.mark != w.mark && x.blockedBy(y) && w.visit(y, r, depth+1)
}

// blockedBy tells whether x, which is blocked, cannot go on before y does, which is
// blocked too. A waiting writer stands in the way of a reader; so does, for the same
// writer to come, everybody who reads.
//
// It is no where somebody else might let y's lock go: that has happened to the lock
// before, is under way, or, when x waits for itself, x lives by such hand-offs.
//
//go:norace
func (x *Record) blockedBy(y *Record) bool {
	c := x.waitsFor()
	if c == nil || y.waitsFor() == nil {
		return false
	}
	id := c.identify()
	owned := y.holds(id, rule.Write) || x.waitKind == ForWrite && y.holds(id, rule.Read)
	if owned {
		return c.id.Load()&handed == 0 && !y.delivered() && (x != y || x.state&giver == 0)
	}
	return x.waitKind == ForRead && x != y && y.waitsFor() == c && y.waitKind == ForWrite
}
