package engine

import "github.com/interlock-go/interlock/internal/heldset"

// Acquired notes that r has acquired a lock. The caller is in a quiet section.
//
//go:norace
func (r *Record) Acquired(q *Request) {
	q.Core.identifyAs(q.For)
	if q.For != ForRead {
		q.Core.Own(r)
	} else if q.Reader != nil {
		q.Reader.set(r)
	}
	r.push(q.key(), q.PC)
	if wholeStacks {
		r.remember(q.PC)
	}
}

// Released notes that the lock is about to be released by r's goroutine, and reports
// false if nobody is known to hold it so. The caller is in a quiet section and has
// not released it yet: whoever acquires it next must find it gone from here.
//
//go:norace
func (r *Record) Released(q *Request) bool {
	key := q.key()
	r.settle()
	if i := r.held.Index(key); i >= 0 {
		bound := r.held.At(uint32(i)).Key&heldset.Unbound == 0
		r.remove(i)
		if !bound {
			bindNode(q.Core)
		}
		return true
	}
	return eng.takeBack(r, q, key)
}

// bindNode binds the clean-up that could not be bound when the lock's node was made.
//
//go:norace
func bindNode(c *Core) {
	eng.mu.Lock()
	unbound := eng.locks.node(c.identify(), NotWaiting, 0).claim()
	eng.mu.Unlock()
	if unbound {
		bind(c)
	}
}
