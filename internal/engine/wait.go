package engine

import (
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/interlock-go/interlock/internal/heldset"
	"github.com/interlock-go/interlock/internal/rule"
)

// A goroutine that is about to block publishes what it waits for, and then looks from
// holder to waited-for to holder whether it stands in a ring. Publishing is a
// sequentially consistent store and comes before the look, so of the members of a ring
// the last one to publish sees all the others. Nobody else has to look, and no timer has to run.

// waitList holds the blocked goroutines that cannot be found from a lock's owner word:
// those that hold something for reading, and those that wait for an RWMutex.
type waitList struct {
	mu    sync.Mutex //house:allow the lock of a quiet section
	first *Record
	n     int
	walk  walk
}

var waiting waitList

// Block publishes that r waits, and returns the finding if that closes a ring. The
// caller is in a quiet section and holds nothing internal.
//
//go:norace
func (r *Record) Block(q *Request) *Finding {
	r.publish(q)
	if !r.suspects(q) {
		return nil
	}
	return r.ring()
}

// Unblock takes back what Block published.
//
//go:norace
func (r *Record) Unblock() {
	storeRelease32(&r.seq, r.seq+1) // only its goroutine writes it
	storeRelease(&r.wait, 0)
	if m := r.mind; m != nil && m.listed {
		waiting.remove(r)
	}
	r.state &^= inRing
}

//go:norace
func (r *Record) publish(q *Request) {
	r.post(q.For, q.PC, uintptr(unsafe.Pointer(q.Core)), q.For == ForRead || q.For == ForWrite)
}

// post publishes that r waits for what word says, and lists it if asked to, or if need be.
//
//go:norace
func (r *Record) post(kind Waiting, pc, word uintptr, listed bool) {
	r.waitKind, r.waitPC = kind, pc
	storeRelease32(&r.seq, r.seq+1)
	if listed || r.reads() {
		waiting.add(r)
	}
	atomic.StoreUintptr(&r.wait, word)
}

// reads tells whether r holds anything for reading.
//
//go:norace
func (r *Record) reads() bool {
	for i := range r.held.Len() {
		if heldset.Mode(r.held.At(i).Key) == rule.Read {
			return true
		}
	}
	return false
}

//go:norace
func (w *waitList) add(r *Record) {
	m := r.thinks()
	w.mu.Lock()
	m.next, m.prev, m.listed = w.first, nil, true
	if w.first != nil {
		w.first.mind.prev = r
	}
	w.first = r
	w.n++
	w.mu.Unlock()
}

//go:norace
func (w *waitList) remove(r *Record) {
	m := r.mind
	w.mu.Lock()
	if m.next != nil {
		m.next.mind.prev = m.prev
	}
	if m.prev != nil {
		m.prev.mind.next = m.next
	} else {
		w.first = m.next
	}
	m.next, m.prev, m.listed = nil, nil, false
	w.n--
	w.mu.Unlock()
}

// waitsFor returns the lock that r is blocked on, or nil.
//
// The word is an address that the collector does not see. The lock is alive all the
// same: a blocked goroutine refers to it from its own stack and clears the word before
// it lets go. Reading the word as a pointer, in one load, makes it the reader's own
// reference from that instant on.
//
//go:norace
func (r *Record) waitsFor() *Core {
	p := atomic.LoadPointer((*unsafe.Pointer)(unsafe.Pointer(&r.wait)))
	if uintptr(p)&signal == 0 {
		return (*Core)(p)
	}
	w := (*Waiter)(unsafe.Add(p, -signal))
	if w.over.Load() != 0 {
		return nil
	}
	return &w.cond.core
}

// manyHops ends the quick look: no honest chain of blocked goroutines is as long, but a ring
// that r does not belong to would lead it round for ever.
const manyHops = 4096

// suspects follows owner words, without a lock. It answers false for nearly every wait:
// the holder is running.
//
//go:norace
func (r *Record) suspects(q *Request) bool {
	c, kind := q.Core, q.For
	id := c.identify()
	if r.held.Holds(id, rule.Write) || r.held.Holds(id, rule.Read) {
		return true
	}
	for range manyHops {
		o := c.Record()
		if o != nil && o != r && (kind == ForMutex || kind == ForOnce) && o.waitsFor() == nil {
			return false // said first, for its word is seldom written and what o holds is written all the time
		}
		id = c.identify()
		if o == r && r.held.Holds(id, rule.Write) {
			return true
		}
		if o == nil || o == r || !o.held.Holds(id, rule.Write) {
			return kind != ForMutex && kind != ForOnce && waiting.crowded()
		}
		if w := o.waitsOn(); w != nil {
			s := w.cond.certain()
			return s != nil && !s.awake()
		}
		if kind, c = o.waitKind, o.waitsFor(); c == nil {
			return false
		}
	}
	return true
}

// crowded tells whether others than the caller are listed.
//
//go:norace
func (w *waitList) crowded() bool {
	w.mu.Lock()
	n := w.n
	w.mu.Unlock()
	return n > 1
}
