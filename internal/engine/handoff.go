package engine

import (
	"sync/atomic"

	"github.com/interlock-go/interlock/internal/heldset"
)

// takeBack releases a lock for r that another goroutine acquired: legal in Go, and the
// reason why nothing is certain of this lock from now on. The holder learns of it
// from its inbox, before it next asks for a lock or is looked at; it is too late then to bind
// the clean-up that its hold is marked for.
//
//go:norace
func (e *engine) takeBack(r *Record, q *Request, key uint64) bool {
	e.mu.Lock()
	known, unbound := e.left.Take(key), false
	if !known {
		if holder := e.holder(q, key); holder != nil {
			known = holder.deliver(key)
		}
	}
	if known {
		r.state |= giver
		q.Core.flag(handed, true)
		if i, ok := e.locks.byID.Get(q.Core.identify()); ok && e.locks.nodes[i].ordered {
			unbound = e.locks.nodes[i].claim()
		}
	}
	e.mu.Unlock()
	if unbound {
		bind(q.Core)
	}
	return known
}

// holder returns the record that has the hold. For a write hold the lock knows; a read
// hold is looked for everywhere, since readers leave no name.
//
//go:norace
func (e *engine) holder(q *Request, key uint64) *Record {
	if q.For != ForRead {
		if o := q.Core.Record(); o != nil && o.held.Index(key) >= 0 && !o.told(key) {
			return o
		}
		return nil
	}
	for i, o := records.next(0); o != nil; i, o = records.next(i) {
		if o.held.Index(key) >= 0 && !o.told(key) {
			return o
		}
	}
	return nil
}

// deliver tells r that one of its holds has been released. The caller holds the
// engine's lock.
//
//go:norace
func (r *Record) deliver(key uint64) bool {
	m := r.thinks()
	n := int(atomic.LoadUint32(&r.inbox))
	if n == len(m.inbox) {
		grown := make([]uint64, 2*n+4)
		for i, k := range m.inbox {
			grown[i] = k
		}
		m.inbox = grown
	}
	m.inbox[n] = key
	atomic.StoreUint32(&r.inbox, uint32(n+1))
	r.held.Close()
	return true
}

// told tells whether the inbox already accounts for every hold with the key. The caller holds the
// engine's lock.
//
//go:norace
func (r *Record) told(key uint64) bool {
	have := r.held.Count(key)
	for i := range int(atomic.LoadUint32(&r.inbox)) {
		if r.mind.inbox[i] == key {
			have--
		}
	}
	return have <= 0
}

// settle takes out of r's held set what others have released.
//
//go:norace
func (r *Record) settle() {
	if !r.delivered() {
		return
	}
	eng.mu.Lock()
	r.empty()
	eng.mu.Unlock()
}

// empty empties the inbox. The oldest hold with a key goes first: a younger one is of an
// acquisition after the release that the message is about.
//
//go:norace
func (r *Record) empty() {
	for i := range int(atomic.LoadUint32(&r.inbox)) {
		for j := range r.held.Len() {
			if r.held.At(j).Key&^heldset.Unbound == r.mind.inbox[i] {
				r.remove(int(j))
				break
			}
		}
	}
	atomic.StoreUint32(&r.inbox, 0)
	r.held.Open()
}

// leaveBehind moves r's holds to those abandoned.
//
//go:norace
func (r *Record) leaveBehind() {
	eng.mu.Lock()
	r.empty()
	for i := range r.held.Len() {
		h := r.held.At(i)
		eng.left.Put(heldset.Left{Key: h.Key &^ heldset.Unbound, PC: h.PC, Goroutine: r.goid})
	}
	r.held.Clear()
	eng.mu.Unlock()
}

// delivered tells whether somebody has released a hold of r.
//
//go:norace
func (r *Record) delivered() bool { return atomic.LoadUint32(&r.inbox) != 0 }
