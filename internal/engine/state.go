package engine

import (
	"github.com/interlock-go/interlock/internal/goroutine"
	"github.com/interlock-go/interlock/internal/heldset"
	"github.com/interlock-go/interlock/internal/quiet"
)

// Counters say what the engine has done and what it could not do.
type Counters struct {
	Dependencies uint64 // recorded now
	Aged         uint64 // dropped at the memory bound
	Collected    uint64 // dropped because their lock was collected
	Truncated    uint64 // searches given up at their budget
	Repeats      []Repeat
}

// Repeat counts how often a finding was made again after it was told.
type Repeat struct {
	ID    uint64
	Count uint64
}

// State is a copy of what the engine knows.
type State struct {
	Locks  []Lock
	Orders []Order
	Waits  []Wait
	Held   []HeldLock
	Stats  Counters
}

// Wait is a blocked goroutine.
type Wait struct {
	Goroutine uint64
	Want      Hold
	Holders   []uint64 // of a lock
	Wakers    []Waker  // of a condition, if they are all there are
	Seq       uint64   // changes with every wait of the goroutine
}

// HeldLock is a lock and who acquired it.
type HeldLock struct {
	Goroutine uint64
	Finished  bool // the goroutine is gone
	Hold      Hold
}

//lint:file-ignore S1001 a loop, because copy is visible to the race detector

// Snapshot copies the engine's state. Goroutines that run meanwhile are seen as they happen to be.
//
//go:norace
func Snapshot() State {
	quiet.Begin()
	eng.mu.Lock()
	s := State{Stats: eng.counters}
	s.Stats.Dependencies, s.Stats.Truncated = uint64(eng.base.Len()), eng.base.Truncated
	s.Stats.Repeats = eng.repeats()
	s.Orders = make([]Order, eng.base.Len())
	i := 0
	for dep := eng.base.Next(0); dep != 0; dep = eng.base.Next(dep) {
		s.Orders[i] = eng.orderOf(dep)
		i++
	}
	s.Held = eng.heldLocks()
	s.Waits = eng.waits()
	eng.sweep()
	s.Locks = eng.allLocks()
	eng.mu.Unlock()
	quiet.End()
	return s
}

// HeldLocks lists what is held now.
//
//go:norace
func HeldLocks() []HeldLock {
	quiet.Begin()
	eng.mu.Lock()
	held := eng.heldLocks()
	eng.sweep()
	eng.mu.Unlock()
	quiet.End()
	return held
}

//go:norace
func (e *engine) allLocks() []Lock {
	locks := make([]Lock, e.locks.byID.Len())
	k := 0
	for i := uint32(1); i <= e.locks.used && k < len(locks); i++ {
		if n := &e.locks.nodes[i]; n.id != 0 {
			locks[k] = e.lock(n.number, n.class)
			k++
		}
	}
	return locks[:k]
}

//go:norace
func (e *engine) repeats() []Repeat {
	out := make([]Repeat, e.found.Len())
	for i := range out {
		out[i].ID, out[i].Count = e.found.At(i)
	}
	return out
}

// heldLocks reads every record. A hold that its goroutine gives up meanwhile may still be listed.
//
//go:norace
func (e *engine) heldLocks() []HeldLock {
	total := e.left.Slots()
	for i, r := records.next(0); r != nil; i, r = records.next(i) {
		total += int(r.held.Len())
	}
	out := make([]HeldLock, total+16)
	k := 0
	for i, r := records.next(0); r != nil; i, r = records.next(i) {
		gone := r.gp != nil && goroutine.Finished(r.gp, r.goid)
		for j := uint32(0); j < r.held.Len() && k < len(out); j++ {
			if key := r.held.At(j).Key &^ heldset.Unbound; key != 0 && !r.told(key) {
				out[k] = HeldLock{Goroutine: r.goid, Finished: gone, Hold: e.hold(key, r.held.At(j).PC)}
				k++
			}
		}
	}
	for i := range e.left.Slots() {
		if h := e.left.At(i); h.Key != 0 && k < len(out) {
			out[k] = HeldLock{Goroutine: h.Goroutine, Finished: true, Hold: e.hold(h.Key, h.PC)}
			k++
		}
	}
	return out[:k]
}

//go:norace
func (e *engine) waits() []Wait {
	out := make([]Wait, records.count+16)
	k := 0
	for i, r := records.next(0); r != nil; i, r = records.next(i) {
		c := r.waitsFor()
		if c == nil || k == len(out) {
			continue
		}
		n := e.locks.node(c.identify(), r.waitKind, r.waitPC)
		w := Wait{Goroutine: r.goid, Seq: uint64(r.seq)}
		w.Want = Hold{Lock: e.lock(n.number, n.class), Mode: r.waitKind.mode(), Stack: one(r.waitPC)}
		if on := r.waitsOn(); on != nil {
			w.Want.Lock = on.cond.lock(w.Want.Lock)
			w.Wakers = wakersOf(on.cond.certain())
		} else {
			w.Holders = holders(n.id, c)
		}
		out[k] = w
		k++
	}
	return out[:k]
}

// holders lists the goroutines that hold a lock.
//
//go:norace
func holders(id uint64, c *Core) []uint64 {
	if o := c.Record(); o != nil && o.held.Index(id) >= 0 {
		out := make([]uint64, 1)
		out[0] = o.goid
		return out
	}
	out := make([]uint64, records.count)
	k := 0
	for i, r := records.next(0); r != nil; i, r = records.next(i) {
		if k < len(out) && r.held.Index(id^heldset.Twist) >= 0 {
			out[k] = r.goid
			k++
		}
	}
	return out[:k]
}

// Totals are sizes of what [Snapshot] copies.
type Totals struct {
	Counters
	Waits, Held, Locks int
}

// Count is Snapshot for those who want no more than numbers.
//
//go:norace
func Count() Totals {
	quiet.Begin()
	eng.mu.Lock()
	t := Totals{Counters: eng.counters}
	t.Dependencies, t.Truncated = uint64(eng.base.Len()), eng.base.Truncated
	t.Repeats = eng.repeats()
	t.Locks = eng.locks.byID.Len()
	for i, r := records.next(0); r != nil; i, r = records.next(i) {
		t.Held += int(r.held.Len())
		if r.waitsFor() != nil {
			t.Waits++
		}
	}
	for i := range eng.left.Slots() {
		if eng.left.At(i).Key != 0 {
			t.Held++
		}
	}
	eng.mu.Unlock()
	quiet.End()
	return t
}
