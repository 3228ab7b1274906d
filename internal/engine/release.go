package engine

import (
	"sync/atomic"

	"github.com/interlock-go/interlock/internal/hashtable"
)

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
	if i := r.index(key); i >= 0 {
		bound := r.at(uint32(i)).key&unbound == 0
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

// takeBack releases a lock for r that another goroutine acquired: legal in Go, and the
// reason why nothing is certain of this lock from now on. The holder learns of it
// from its inbox, before it next asks for a lock or is looked at.
//
//go:norace
func (e *engine) takeBack(r *Record, q *Request, key uint64) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	known := e.takeLeft(key)
	if !known {
		if holder := e.holder(q, key); holder != nil {
			known = holder.deliver(key)
		}
	}
	if known {
		r.state |= giver
		q.Core.flag(handed, true)
	}
	return known
}

// holder returns the record that has the hold. For a write hold the lock knows; a read
// hold is looked for everywhere, since readers leave no name.
//
//go:norace
func (e *engine) holder(q *Request, key uint64) *Record {
	if q.For != ForRead {
		if o := q.Core.Record(); o != nil && o.index(key) >= 0 && !o.told(key) {
			return o
		}
		return nil
	}
	for i, o := records.next(0); o != nil; i, o = records.next(i) {
		if o.index(key) >= 0 && !o.told(key) {
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
	atomic.StoreUintptr(&r.end, 0)
	return true
}

// told tells whether the inbox already accounts for every hold with the key. The caller holds the
// engine's lock.
//
//go:norace
func (r *Record) told(key uint64) bool {
	have := 0
	for i := range r.n() {
		if r.at(i).key&^unbound == key {
			have++
		}
	}
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
		for j := range r.n() {
			if r.at(j).key&^unbound == r.mind.inbox[i] {
				r.remove(int(j))
				break
			}
		}
	}
	atomic.StoreUint32(&r.inbox, 0)
	r.open()
}

// leftHold is a hold of a goroutine that has finished.
type leftHold struct {
	key  uint64
	pc   uintptr
	goid uint64
	next uint32 // 1 + index of another hold with this key: many can read one lock; 0 ends
}

// leftTable is what finished goroutines still hold, as far as that is known: their
// records have been taken over.
type leftTable struct {
	byKey hashtable.Table // hold's key → index in holds of the last one with it
	holds []leftHold      // key 0: free
}

// leaveBehind moves r's holds to the table.
//
//go:norace
func (r *Record) leaveBehind() {
	eng.mu.Lock()
	r.empty()
	for i := range r.n() {
		h := r.at(i)
		eng.left.put(leftHold{key: h.key &^ unbound, pc: h.pc, goid: r.goid})
	}
	r.clear()
	eng.mu.Unlock()
}

//go:norace
func (t *leftTable) put(h leftHold) {
	i := 0
	for i < len(t.holds) && t.holds[i].key != 0 {
		i++
	}
	if i == len(t.holds) {
		grown := make([]leftHold, 2*i+8)
		for j, old := range t.holds {
			grown[j] = old
		}
		t.holds = grown
	}
	if last, ok := t.byKey.Get(h.key); ok {
		h.next = last + 1
	}
	t.holds[i] = h
	t.byKey.Put(h.key, uint32(i))
}

// takeLeft takes the hold out of the table, if it is there.
//
//go:norace
func (e *engine) takeLeft(key uint64) bool {
	i, ok := e.left.byKey.Get(key)
	if !ok {
		return false
	}
	if next := e.left.holds[i].next; next != 0 {
		e.left.byKey.Put(key, next-1)
	} else {
		e.left.byKey.Delete(key)
	}
	e.left.holds[i] = leftHold{}
	return true
}
