package engine

import (
	"sync/atomic"
	"unsafe"

	"github.com/interlock-go/interlock/internal/heldset"
	"github.com/interlock-go/interlock/internal/rule"
)

// Core is the detector's part of a lock, 24 bytes beside the lock itself. Its zero
// value is ready.
//
// Every word is a hint or an identity; none of them decides who holds the lock, the
// lock itself does.
//
//	word   written by                     read by                  a stale value
//	owner  whoever has just acquired      owner, waiters' walks    misses its hold in the record's held set, so
//	                                                               it claims nothing
//	id     first acquirer, once; flags    everybody                a flag missed on a fast path is seen by the
//	       by CAS, under various locks                             slow one, or by the look after the release
//	seen   holder or asker, any order     askers                   another order is looked up the slow way
//
// owner is kept as an integer so that a lock does not hold on to records and needs no
// write barrier; records are never freed, so the address stays good for ever.
type Core struct {
	owner uintptr
	id    atomic.Uint64
	seen  atomic.Uint64
}

// A lock's identity is a random-looking number of 60 bits, so that sums of identities
// name held sets. The bits below it are flags. The highest of its bits say what type the lock
// has, because one that was only ever held is known by its identity alone.
//
// The word holds the identity less twice the lock's address. So a copy of a lock has
// another identity than the lock it was made of, without anybody having to notice the
// copying. Locks lie in the heap or in global variables, and stay where they are.
const (
	waiters  = 1 << 0 // a LockContext call may be queued
	handed   = 1 << 1 // it has been released by another goroutine than its holder
	flagBits = heldset.FlagBits
	flags    = heldset.Flags
	typeAt   = 64 - 3
)

// Record returns the record of the goroutine that last acquired the lock, or nil.
//
//go:norace
func (c *Core) Record() *Record { return *(**Record)(unsafe.Pointer(&c.owner)) }

// Own notes r as the one that has just acquired the lock.
//
//go:norace
func (c *Core) Own(r *Record) { c.owner = uintptr(unsafe.Pointer(r)) }

// place is what the lock's address adds to its word. It leaves the flags alone: a word of 64 bits
// lies on a multiple of eight.
//
//go:norace
func (c *Core) place() uint64 { return 2 * uint64(uintptr(unsafe.Pointer(c))) }

// Key returns the key under which a holder for writing notes the lock.
//
//go:norace
func (c *Core) Key() uint64 { return c.id.Load()&^flags + c.place() }

// ReadKey returns the key under which a holder for reading notes the lock.
//
//go:norace
func (c *Core) ReadKey() uint64 { return c.Key() ^ heldset.Twist }

// Tag returns Key, or with a flag set a number that is no hold's key. That sends the
// holder's release the slow way, where flags are looked at.
//
//go:norace
func (c *Core) Tag() uint64 { return c.id.Load() + c.place() }

// ReadTag is to ReadKey what Tag is to Key.
//
//go:norace
func (c *Core) ReadTag() uint64 { return c.Tag() ^ heldset.Twist }

// Waited tells whether a LockContext call may be queued for the lock.
//
//go:norace
func (c *Core) Waited() bool { return c.id.Load()&waiters != 0 }

// SetWaited raises the flag that Waited reads.
//
//go:norace
func (c *Core) SetWaited() { c.flag(waiters, true) }

// ClearWaited lowers it.
//
//go:norace
func (c *Core) ClearWaited() { c.flag(waiters, false) }

// flag sets or clears a flag without losing a concurrent change of another one.
//
//go:norace
func (c *Core) flag(bit uint64, on bool) {
	for {
		old := c.id.Load()
		next := old &^ bit
		if on {
			next = old | bit
		}
		if old == next || c.id.CompareAndSwap(old, next) {
			return
		}
	}
}

// idCount numbers the locks of the process in the order in which they are first used.
var idCount atomic.Uint64

// identify gives the lock its identity if it has none, and returns it without flags.
//
//go:norace
func (c *Core) identify() uint64 { return c.identifyAs(NotWaiting) }

// identifyAs is identify for a call of a kind, which tells the lock's type.
//
//go:norace
func (c *Core) identifyAs(kind Waiting) uint64 {
	for {
		old := c.id.Load()
		if old&^flags != 0 {
			return old&^flags + c.place()
		}
		id := scramble(idCount.Add(1)) | kind.lockType()<<typeAt
		if word := id - c.place(); word != 0 && c.id.CompareAndSwap(old, old|word) {
			return id
		}
	}
}

// scramble is a bijection from numbers of 57 bits to identities without a type (odd
// multiplications and xor-shifts), so that these never repeat, and maps only 0 to 0.
//
//go:norace
func scramble(n uint64) uint64 {
	const mask = 1<<(typeAt-flagBits) - 1
	n &= mask
	n = n * 0xbf58476d1ce4e5b9 & mask
	n ^= n >> 31
	n = n * 0x94d049bb133111eb & mask
	return (n ^ n>>29) << flagBits
}

// Written tells whether the record of the last writer says that it still writes.
//
//go:norace
func (c *Core) Written() bool {
	r := c.Record()
	return r != nil && r.held.Holds(c.identify(), rule.Write)
}

// Seen returns the lock's order cache for writing.
//
//go:norace
func (c *Core) Seen() *atomic.Uint64 { return &c.seen }
