package engine

import (
	"sync/atomic"
	"unsafe"

	"github.com/interlock-go/interlock/internal/goroutine"
	"github.com/interlock-go/interlock/internal/rule"
)

// inlineHolds is how many locks a goroutine can hold before its record needs a second
// allocation, and its locks the slow path. Ten keep a record under 272 bytes.
const inlineHolds = 10

// Record is what the detector knows of one goroutine: what it holds and what it waits
// for. Records are made once per goroutine that is alive at the same time, are taken
// over by a later goroutine that the runtime puts on the same g, and are never freed.
//
// Only the goroutine itself writes n, held, more and mind. Others read held and n
// only while wait is set and seq does not change, that is, while the goroutine is
// blocked and they stand still.
type Record struct {
	g     unsafe.Pointer // the runtime's g, or nobody where the fast path must not be taken
	gp    unsafe.Pointer // the runtime's g; nil in the portable way
	goid  uint64
	n     uint32 // locks held
	inbox uint32 // holds that others have released and n still counts (atomic)
	held  [inlineHolds]hold
	more  *[]hold // holds beyond the inline ones

	wait     uintptr // *Core waited for, hidden from the collector; 0: not blocked (atomic, written last)
	waitPC   uintptr
	seq      uint32 // counts blocks and unblocks
	waitKind Waiting
	state    uint32 // giver, inRing
	mark     uint32 // last walk that came by, guarded by waiting.mu
	salt     uint64 // turns a held set into one that only this goroutine has
	first    uint64 // engine tick at which this goroutine was first seen
	mind     *mind  // what only goroutines that nest or block need
}

// hold is one lock held.
type hold struct {
	key uint64  // the lock's identity; reading and unbound are set on top
	pc  uintptr // return address of the acquiring call
}

const (
	giver  = 1 << iota // has released a lock that another goroutine acquired
	inRing             // the ring that it stands in has been reported
)

// mind is the larger part of a record, made when a goroutine first nests or blocks.
type mind struct {
	known      [16]uint64 // held set and want that were looked up and are known, direct-mapped
	inbox      []uint64   // keys of holds that others have released, guarded by engine.mu
	next, prev *Record    // in the list of blocked records
	listed     bool
	wake       uintptr  // channel that ends the blocked call, if it can be refused; guarded by waiting.mu (see refusable)
	refused    *Finding // why
	stacks     []uint32 // of the holds, by position, if whole stacks are kept
}

// Runs tells whether the caller, whose local variable sp is, runs on r's goroutine.
//
//go:norace
func (r *Record) Runs(sp unsafe.Pointer) bool {
	return goroutine.OnStack(r.g, sp) && r.goid == goroutine.ID(r.g)
}

// Idle tells whether r holds no lock, so that nothing can be out of order.
//
//go:norace
func (r *Record) Idle() bool { return r.n == 0 }

// Knows tells whether wanting a lock with what r holds was looked up before, according
// to the lock's cache; then there is nothing to do.
//
//go:norace
//go:noinline
func (r *Record) Knows(seen uint64) bool {
	n := r.n
	if n > inlineHolds || r.inbox != 0 {
		return false
	}
	sum := phaseSalt
	for i := range r.held[:n] {
		sum += r.held[i].key // with unbound set in one, the slow way finds the order known
	}
	return sum == seen || sum^r.salt == seen
}

// PushFirst notes an acquisition by a goroutine that holds nothing else.
//
//go:norace
func (r *Record) PushFirst(key uint64, pc uintptr) {
	r.held[0].key = key
	r.held[0].pc = pc
	r.n = 1
}

// Push notes an acquisition. It reports false if there is no room for it here.
//
//go:norace
func (r *Record) Push(key uint64, pc uintptr) bool {
	n := r.n
	if n >= inlineHolds {
		return false
	}
	h := &r.held[n]
	h.key, h.pc = key, pc
	r.n = n + 1
	return true
}

// Pop forgets the innermost hold if it is key and the caller, whose local variable sp
// is, runs on r's goroutine. A goroutine that finished with the hold and left its g to the
// caller is let pass: then the hold is stale and goes all the same.
//
//go:norace
func (r *Record) Pop(key uint64, sp unsafe.Pointer) bool {
	if n := r.n - 1; n < inlineHolds && r.held[n].key == key && goroutine.OnStack(r.g, sp) {
		r.n = n
		return true
	}
	return false
}

// at returns the i-th hold.
//
//go:norace
func (r *Record) at(i uint32) *hold {
	if i < inlineHolds {
		return &r.held[i]
	}
	return &(*r.more)[i-inlineHolds]
}

// sum names the held set: the sum of its keys, whatever their order; 0 is the empty one.
//
//go:norace
func (r *Record) sum() (sum uint64) {
	for i := range r.n {
		sum += r.at(i).key &^ unbound
	}
	return sum
}

// push is Push with room for any number of holds.
//
//go:norace
func (r *Record) push(key uint64, pc uintptr) {
	if r.Push(key, pc) {
		return
	}
	i := int(r.n - inlineHolds)
	if r.more == nil || i >= len(*r.more) {
		grown := make([]hold, 2*i+8)
		if r.more != nil {
			for j, h := range *r.more {
				grown[j] = h
			}
		}
		r.more = &grown
	}
	(*r.more)[i] = hold{key: key, pc: pc}
	r.n++
}

// index returns the place of the last hold with the key, flags aside, or -1.
//
//go:norace
func (r *Record) index(key uint64) int {
	for i := int(r.n) - 1; i >= 0; i-- {
		if r.at(uint32(i)).key&^unbound == key {
			return i
		}
	}
	return -1
}

// remove takes out the i-th hold, wherever it stands: locks need not be released in the
// reverse order of their acquisition.
//
//go:norace
func (r *Record) remove(i int) {
	if wholeStacks && r.mind != nil {
		r.mind.shift(i)
	}
	for j := uint32(i); j+1 < r.n; j++ {
		*r.at(j) = *r.at(j + 1)
	}
	r.n--
}

// holds tells whether r holds the lock with this identity, and how.
//
//go:norace
func (r *Record) holds(id uint64, m rule.Mode) bool {
	if m == rule.Read {
		return r.index(id^readTwist) >= 0
	}
	return r.index(id) >= 0
}

// thinks returns the record's larger part.
//
//go:norace
func (r *Record) thinks() *mind {
	if r.mind == nil {
		r.mind = new(mind)
	}
	return r.mind
}

// delivered tells whether somebody has released a hold of r.
//
//go:norace
func (r *Record) delivered() bool { return atomic.LoadUint32(&r.inbox) != 0 }
