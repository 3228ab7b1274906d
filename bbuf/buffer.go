package bbuf

import (
	"errors"
	"runtime"
	"unsafe"

	"github.com/interlock-go/interlock/internal/lockword"
	"github.com/interlock-go/interlock/internal/waitqueue"
	"github.com/interlock-go/interlock/internal/wakers"
)

var (
	// ErrFull is returned by TryPut when the buffer has no room.
	ErrFull = errors.New("bbuf: buffer is full")
	// ErrEmpty is returned by TryGet when the buffer has no item.
	ErrEmpty = errors.New("bbuf: buffer is empty")
	// ErrClosed is returned by a put into a closed buffer, and by a get from one that is closed and drained.
	ErrClosed = errors.New("bbuf: buffer is closed")
)

// Buffer is a first-in-first-out buffer of at most Cap items for any number of producers and
// consumers. Make it with [New]: the methods of the zero value panic, as do those of a copy. Every method may be called
// concurrently. A Buffer needs no Close: one that nobody refers to is collected, with what is in it.
//
// Calls that wait are served in the order in which they began to wait. A call that comes later does not overtake them, except,
// in a buffer of more than 16, while as many as there are processors have been woken and do not run yet. A call that waits is
// parked and costs no processor time. A report handler that panics (see lockorder.SetHandler) ends the call that it interrupts, which
// does not wait any more.
//
// In the terminology of the Go memory model, a Put of an item synchronizes before the
// return of the Get that takes it, the k'th Get synchronizes before the return of the
// (k+Cap)'th Put, and Close synchronizes before any return of ErrClosed.
type Buffer[T any] struct {
	// Read by every call and written by New, once again when a goroutine first registers, so in every processor's cache.
	self     *Buffer[T]
	slots    []T
	put, get *side[T]
	limit    uint64 // capacity, in units of the count
	oneLock  bool
	maxWoken int32 // on one side, with two locks; guarded by both

	// Read by calls that wait or wake, and seldom written.
	room, items wakers.Event // what a Put and what a Get waits for; the wakers are the consumers and the producers
	_           [64 - 2*unsafe.Sizeof(wakers.Event{})]byte

	sides [6]side[T] // the ones used lie in one cache line with one lock and two lines apart with two
	_     [64]byte

	putters, getters crowd[T]
}

// How it works. The items lie in a ring of slots. Each side, the one that puts and the one that gets,
// has a word that counts the items that went by, so the difference of the two is the number of
// items in the ring. The word is the side's lock as well: one store publishes the count and unlocks.
// It is Vyukov's bounded queue with the stamps of the slots replaced by two locks, which
// makes the capacity exact, batches plain copies and every operation take effect at one store.
//
//	bit, field   set by                   cleared by              a stale value
//	0 locked     who acquires the side    the store that releases  is tried again
//	1 closed     Close (put side only)    never                    is seen by whoever locks the side next
//	2 awaited    who begins to wait on    whoever, with both       does harm in no way: who sees it locks both sides
//	             the other side, with     locked, leaves nobody    and finds nobody
//	             both locked              to be served there
//	3… count     the holder of the        only grows               put side: too few items, get side: too few
//	             side's lock                                       free slots; who acts on it locks both and looks again
//
// A side's lock guards its position in the ring, its view of the other count and its queue of
// waiters. A buffer of more than oneLockMax slots has two locks. Who needs both locks the side that puts first:
//
//	who puts   lock put; if not awaited and not full: write slot; publish the count, which unlocks
//	who gets   lock get; if not awaited and not empty: read slot; publish the count, which unlocks
//	otherwise  lock both; do what can be done, or queue; serve until neither side can be served; publish both counts
//
// So with nobody waiting an operation takes one atomic operation and one store. No wake-up is lost: the bit is raised with the
// lock held that the other side takes for its next step, and whoever raises it has looked once more with both sides locked.
//
// Waking one after the other as slots come and go would let each do a single step and park again. So with two locks
// no more are woken on a side, and not yet running, than there are processors. While that many are on
// their way the bit is down, though the queue is not empty, and who comes goes ahead; each of them, as soon as it
// runs, locks both sides and serves as if it began to wait. A buffer whose producers or consumers have registered wakes all.
//
// A smaller buffer is nearly always full or empty, so both sides meet all the time and a second lock only
// costs. There the put side's lock guards everything, hand-over goes from caller to waiter without
// a slot, and the two queues obey at every release: who waits to get waits at an empty ring, who waits to put at a full one.
//
// What stands twice. Where a call is to park one function serves both sides and is told which. Before that each side has its own (put1
// and get1, the same with one lock, queuePut and queueGet), and Get and TryGet each choose the lock for themselves: none of
// these is small enough for the compiler to inline, so to be told the side, or to choose in a function of its own, is
// one call and some branches more for an item that takes 20 to 150 ns. Measured, that is 4 % with queuePut and queueGet as one in a buffer
// of one slot, and 9 % with one choice for Get and TryGet in one of 1,024. push and pull, admit and supply are opposites and no copies.

// oneLockMax is the largest capacity for which one lock is faster than two.
const oneLockMax = 16

// side is what one lock guards: the end of the ring at which items are put, or the one at which they are got.
type side[T any] struct {
	word  lockword.Word
	seen  uint64                     // the other side's count at some time
	queue waitqueue.Queue[parcel[T]] // who waits on this side
	pos   int                        // slot of the next item
}

// crowd is what a side has for the calls that wait on it. It is guarded by the side's lock, and not in side because nobody else needs it.
type crowd[T any] struct {
	pool  waitqueue.Pool[parcel[T]]
	woken int32 // taken off the queue and not yet running
}

// crowd returns that of a side.
func (b *Buffer[T]) crowd(s *side[T]) *crowd[T] {
	if s == b.get {
		return &b.getters
	}
	return &b.putters
}

var (
	forRoom  = wakers.NewKind("Buffer (full)")
	forItems = wakers.NewKind("Buffer (empty)")
)

const (
	closed  = 1 << 1
	awaited = 1 << 2
	item    = 1 << 3 // one in the count
	counts  = ^uint64(item - 1)
)

// New returns an empty buffer of the given capacity, which is exact. It panics if capacity is below 1.
func New[T any](capacity int) *Buffer[T] {
	if capacity < 1 {
		panic("bbuf: capacity below 1")
	}
	return open[T](capacity, capacity <= oneLockMax)
}

func open[T any](capacity int, oneLock bool) *Buffer[T] {
	b := &Buffer[T]{slots: make([]T, capacity), limit: uint64(capacity) * item, oneLock: oneLock}
	b.maxWoken = int32(runtime.GOMAXPROCS(0))
	b.self = b
	b.put, b.get = &b.sides[0], &b.sides[4]
	if b.oneLock {
		b.get = &b.sides[1]
	}
	return b
}

// check panics unless b is what New returned.
func (b *Buffer[T]) check() {
	if b == nil || b.self != b {
		b.misused()
	}
}

func (b *Buffer[T]) misused() {
	switch {
	case b == nil:
		panic("bbuf: nil Buffer")
	case b.self == nil:
		panic("bbuf: Buffer not made by New")
	}
	panic("bbuf: copied Buffer")
}

// Cap returns the capacity.
func (b *Buffer[T]) Cap() int {
	b.check()
	return len(b.slots)
}

// Len returns the number of items in the buffer, from 0 to Cap. What was put or taken before the call, in the
// sense of the Go memory model, counts; what others do meanwhile may count or not, and what parked calls want
// to put does not. It is a figure to look at: by the time it is read it may be another.
func (b *Buffer[T]) Len() int {
	b.check()
	if b.oneLock {
		t := b.put.word.Lock()
		n := (t&counts - b.get.word.Load()) / item
		b.put.word.Unlock(t)
		return int(n)
	}
	for {
		h := b.get.word.Load() & counts
		t := b.put.word.Load() & counts
		if b.get.word.Load()&counts == h {
			// When t was read, h had been and was still to be. But who has both sides locked, to hand items over, cannot publish
			// both counts at once: the ring is then as full, or as empty, as it was before and is afterwards.
			return min(max(0, int(int64(t-h)/item)), len(b.slots))
		}
	}
}

// Closed tells whether Close has been called. Items may still be in the buffer, so it is no reason to stop getting: ErrClosed is.
func (b *Buffer[T]) Closed() bool {
	b.check()
	return b.put.word.Load()&closed != 0
}

// Close closes the buffer and reports whether this call did: it may be called again, and then does nothing.
// From then on nothing is accepted: Put and its kin return ErrClosed, also those
// that are waiting, and the values that they brought are not put. Items that are in the
// buffer can still be got; a Get that finds none, or was waiting for one, returns ErrClosed.
func (b *Buffer[T]) Close() bool {
	b.check()
	t, h := b.lockBoth()
	if t&closed != 0 {
		b.releaseBoth(t, h, &served[T]{})
		return false
	}
	var done served[T]
	for !b.put.queue.Empty() {
		w := b.put.queue.First()
		w.Value.closed = true
		b.dismissPut(w)
		done.Add(w)
	}
	b.releaseBoth(t|closed, h, &done)
	return true // whether we may close is nothing to the detector: nobody waits after this
}
