package engine

import (
	"unsafe"

	"github.com/interlock-go/interlock/internal/goroutine"
)

// Record is what the detector knows of one goroutine: what it holds and what it waits
// for. Records are made once per goroutine that is alive at the same time, are taken
// over by a later goroutine that the runtime puts on the same g, and are never freed.
//
// Only the goroutine itself writes its holds and mind; of the holds, others read while wait is
// set and seq does not change, that is, while the goroutine is blocked and they stand still.
type Record struct {
	stack goroutine.Stack // nobody's where the fast path must not be taken
	goid  uint64
	held
	salt uint64 // turns a held set into one that only this goroutine has

	wait     uintptr // *Core waited for, hidden from the collector; 0: not blocked (atomic, written last)
	waitPC   uintptr
	seq      uint32 // counts blocks and unblocks
	waitKind Waiting
	state    uint32         // giver, inRing
	mark     uint32         // last walk that came by, guarded by waiting.mu
	inbox    uint32         // holds that others have released and that still count as held (atomic)
	gp       unsafe.Pointer // the runtime's g; nil in the portable way
	first    uint64         // engine tick at which this goroutine was first seen
	mind     *mind          // what only goroutines that nest or block need

	_ [8]byte // up to a multiple of the cache line, so that goroutines on different processors do not share one
}

const (
	giver  = 1 << iota // has released a lock that another goroutine acquired
	inRing             // the ring that it stands in has been reported
)

// knownBits is how many bits of an order's name choose its place among those that a goroutine knows.
const knownBits = 4

// mind is the larger part of a record, made when a goroutine first nests or blocks.
type mind struct {
	known      [1 << knownBits]uint64 // held set and want that were looked up and are known, direct-mapped
	inbox      []uint64               // keys of holds that others have released, guarded by engine.mu
	next, prev *Record                // in the list of blocked records
	listed     bool
	wake       uintptr  // channel that ends the blocked call, if it can be refused; guarded by waiting.mu (see refusable)
	refused    *Finding // why
	stacks     []uint32 // of the holds, by position, if whole stacks are kept
}

// Lies tells whether sp, a local variable of the caller, lies on the stack of r's goroutine. Then the
// caller runs on it, or on a later goroutine that the runtime put on the same g: what r holds then is stale.
//
//go:norace
func (r *Record) Lies(sp unsafe.Pointer) bool { return r.stack.Holds(sp) }

// Runs tells whether the caller, whose local variable sp is, runs on r's goroutine.
//
//go:norace
func (r *Record) Runs(sp unsafe.Pointer) bool {
	return r.stack.Holds(sp) && r.goid == r.stack.ID()
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

// place returns where a name of an order is kept. Its low bits say nothing: identities have flags there.
//
//go:norace
func (m *mind) place(order uint64) *uint64 { return &m.known[order>>(64-knownBits)] }
