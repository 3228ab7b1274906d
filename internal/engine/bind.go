package engine

import (
	"runtime"
	"sync/atomic"
	"time"
	"unsafe"
	"weak"

	"github.com/interlock-go/interlock/internal/hashtable"
	"github.com/interlock-go/interlock/internal/quiet"
)

// A lock's node goes when the lock is collected: a clean-up is bound to the lock.
//
// To bind one takes a walk along those that are there, for the runtime keeps the clean-ups of a span in a list by address. A span of
// small objects has room for some hundred locks. A large object has a span of its own, and in an array
// of a million locks the walks would take a quarter of an hour. But all its locks are collected at once. So where binding has become
// slow the list is long, the object is large, and the locks of a page, which is of one span, share one clean-up:
// their nodes are chained to the one that has it.
//
// The runtime may use a page again before it calls the clean-ups of what was there. So a lock is
// chained to one that is alive, which is known from a weak pointer, or has a clean-up of its own.

// pageShift is the runtime's: spans begin and end with a page of 8 KiB.
const pageShift = 13

// crowdedAfter is how slow is slow: seven thousand clean-ups or more. The objects that share a page have a few hundred.
var crowdedAfter = 40 * time.Microsecond

// quick is ten times what binding takes without a walk.
var quick = 5 * time.Microsecond

// binding is which pages have a lock whose clean-up does for the others. The engine's lock guards it.
type binding struct {
	pages   hashtable.Table // page → index in leaders
	leaders []leader
	any     atomic.Bool // there is such a page; read without the lock
}

// leader is the lock of a page that has the clean-up.
type leader struct {
	lock weak.Pointer[Core]
	page uint64
	node uint32 // its index
}

// claim reports whether a clean-up is still to be bound, and leaves that to the caller.
//
//go:norace
func (n *node) claim() bool {
	unbound := !n.bound
	n.bound = true
	return unbound
}

// bind sees to it that the lock's node goes when the lock is collected. A lock in a
// global variable is never collected; AddCleanup knows that. The caller does not hold the engine's lock.
//
//go:norace
func bind(c *Core) {
	if eng.binding.any.Load() && eng.joins(c) {
		return
	}
	began := time.Now()
	runtime.AddCleanup(c, forget, c.identify())
	if time.Since(began) >= crowdedAfter && crowded(c) {
		eng.leads(c)
	}
}

// crowded tells whether it is the walk that was slow, and not the machine: to bind to an object without others
// must be quick at the same time. A page of small objects that is taken for a crowded one by mistake is none the slower, but
// when the lock with its clean-up is collected, what is known of the others is forgotten too.
//
//go:norace
func crowded(c *Core) bool {
	for range 2 {
		for range 6 {
			if probe(new(Core)) > quick {
				return false
			}
		}
		if probe(c) < crowdedAfter {
			return false
		}
	}
	return true
}

// probe is how long it takes to bind a clean-up.
//
//go:norace
func probe(c *Core) time.Duration {
	began := time.Now()
	bound := runtime.AddCleanup(c, forget, 0) // no lock's identity
	took := time.Since(began)
	bound.Stop()
	return took
}

//go:norace
func pageOf(c *Core) uint64 { return uint64(uintptr(unsafe.Pointer(c))) >> pageShift }

// leads notes that c's clean-up does for the other locks of its page from now on.
//
//go:norace
func (e *engine) leads(c *Core) {
	l := leader{lock: weak.Make(c), page: pageOf(c)} // which takes a walk
	e.mu.Lock()
	if i, ok := e.locks.byID.Get(c.identify()); ok {
		e.locks.nodes[i].addr = uintptr(unsafe.Pointer(c))
		l.node = i
		e.binding.enter(l)
	}
	e.mu.Unlock()
}

// joins chains c's node to the one that has the clean-up for its page, if there is one.
//
//go:norace
func (e *engine) joins(c *Core) bool {
	e.mu.Lock()
	var lock *Core // that it is alive means that its clean-up comes after this
	if at, ok := e.binding.pages.Get(pageOf(c)); ok {
		l := &e.binding.leaders[at]
		lock = l.lock.Value()
		if i, known := e.locks.byID.Get(c.identify()); known && lock != nil {
			e.locks.nodes[i].next = e.locks.nodes[l.node].next
			e.locks.nodes[l.node].next = i
		}
	}
	e.mu.Unlock()
	runtime.KeepAlive(lock)
	return lock != nil
}

// enter files l, in the place of one of its page that was not alive any more.
//
//go:norace
func (b *binding) enter(l leader) {
	at, ok := b.pages.Get(l.page)
	if !ok {
		at = uint32(b.pages.Len())
		b.pages.Put(l.page, at)
	}
	if int(at) == len(b.leaders) {
		grown := make([]leader, 2*len(b.leaders)+16)
		for i := range b.leaders {
			grown[i] = b.leaders[i]
		}
		b.leaders = grown
	}
	b.leaders[at] = l
	b.any.Store(true)
}

// leave takes note that a node goes, which may have the clean-up for its page. The last leader gets its place.
//
//go:norace
func (b *binding) leave(page uint64, node uint32) {
	at, ok := b.pages.Get(page)
	if !ok || b.leaders[at].node != node {
		return
	}
	last := b.pages.Len() - 1
	b.leaders[at] = b.leaders[last]
	b.pages.Put(b.leaders[at].page, at)
	b.pages.Delete(page)
	b.leaders[last] = leader{}
	b.any.Store(last > 0)
}

// forget drops everything recorded of a lock that has been collected, and of those that went with it.
//
//go:norace
func forget(id uint64) {
	quiet.Begin()
	eng.mu.Lock()
	i, known := eng.locks.byID.Get(id)
	if known {
		eng.binding.leave(uint64(eng.locks.nodes[i].addr)>>pageShift, i)
	}
	for i != 0 {
		next := eng.locks.nodes[i].next
		eng.counters.Collected += uint64(eng.base.RemoveInst(eng.locks.nodes[i].number))
		eng.locks.release(i)
		i = next
	}
	eng.mu.Unlock()
	quiet.End()
}
