package rt

import (
	"context"
	"sync/atomic"
	"time"
)

// Mutex is a mutual exclusion lock for the threads of this package. While somebody waits, its owner runs at
// least at the priority of the most urgent one, through any chain of owners that wait themselves.
// The zero value is an unlocked one. It must not be copied after first use.
//
// It is not recursive: to lock it again is an ErrDeadlock. It is unlocked by the thread that locked
// it, in any order among several. The kernel wakes the most urgent waiter, and among equals the first.
//
// In the terminology of the Go memory model, the n'th call to Unlock synchronizes before the m'th
// call to Lock for any n < m; a successful TryLock, LockDeadline or LockContext counts as a Lock, and the end of
// a thread as an Unlock of what it holds.
//
// The word is that of futex(2):
//
//	word              owner                        who changes it
//	0                 nobody                       any thread to its tid, by compare-and-swap
//	tid               the thread with the id       its owner to 0, by compare-and-swap
//	tid|waiters       the same                     the kernel only
//	tid|…|ownerDied   a thread that has not yet    its owner takes ownerDied away
//	                  been told
//	ownerDied         nobody; its owner died       the kernel only, for the next who locks
//
// The owner alone uses the link.
type Mutex struct {
	link link
	word atomic.Uint32
}

// Bits of the word.
const (
	waiters   = 1 << 31
	ownerDied = 1 << 30
	tidMask   = ownerDied - 1
)

// Lock locks m for th. If m is in use, th's thread sleeps until it owns m. The error is
//
//   - nil: m is locked.
//   - [ErrOwnerDied]: m is locked, too. Its last owner ended without unlocking it.
//   - [ErrDeadlock]: m is not locked: th owns it, or its owner waits, through however many others, for th.
//   - an *os.SyscallError: m is not locked, because the kernel has no memory for the wait.
func (m *Mutex) Lock(th *Thread) error {
	if th == nil || th.tid == 0 {
		th.misuse("Lock")
	}
	th.head.begin(m)
	if m.word.CompareAndSwap(0, th.tid) {
		th.head.add(m)
		th.head.done()
		return nil
	}
	return m.lockSlow(th, time.Time{})
}

// TryLock locks m for th if it is free, and reports whether it was. A lock whose owner has died is not
// free.
func (m *Mutex) TryLock(th *Thread) bool {
	if th == nil || th.tid == 0 {
		th.misuse("TryLock")
	}
	th.head.begin(m)
	locked := m.word.CompareAndSwap(0, th.tid)
	if locked {
		th.head.add(m)
	}
	th.head.done()
	return locked
}

// LockDeadline is Lock that gives up at the deadline, with context.DeadlineExceeded. What others
// inherited from th here is gone when it returns. A deadline in the past still locks what is free.
func (m *Mutex) LockDeadline(th *Thread, deadline time.Time) error {
	if th == nil || th.tid == 0 {
		th.misuse("LockDeadline")
	}
	if m.TryLock(th) {
		return nil
	}
	if deadline.IsZero() { // lockSlow takes it for none
		deadline = deadline.Add(1)
	}
	th.head.begin(m)
	return m.lockSlow(th, deadline)
}

// slice is how long a wait that can be cancelled sleeps at a time.
const slice = 5 * time.Millisecond

// LockContext is Lock that gives up when ctx is done, with ctx's cause; a ctx that is done on entry locks
// nothing. Nothing interrupts a wait in the kernel, so it is made of slices of 5 ms: that is
// how late the end of ctx may be noticed. Between two slices th loses its place among waiters of its
// priority, and for that moment the owner loses th's boost. It panics if ctx is nil.
func (m *Mutex) LockContext(ctx context.Context, th *Thread) error {
	if ctx == nil {
		panic("rt: LockContext: nil context")
	}
	if th == nil || th.tid == 0 {
		th.misuse("LockContext")
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if ctx.Done() == nil {
		return m.Lock(th)
	}
	for {
		err := m.LockDeadline(th, time.Now().Add(slice))
		if err != context.DeadlineExceeded {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
}

// lockSlow locks m by the kernel. th has begun; the zero deadline is none.
func (m *Mutex) lockSlow(th *Thread, deadline time.Time) error {
	defer th.head.done()
	th.onItsThread("Lock")
	if err := lockPI(&m.word, deadline); err != nil {
		return err
	}
	// The kernel's hand-over is invisible to the race detector. This load sees the unlocker's last
	// operation on the word, see release.
	w := m.word.Load()
	th.head.add(m)
	if w&ownerDied == 0 {
		return nil
	}
	m.word.And(^uint32(ownerDied))
	return ErrOwnerDied
}

// Unlock unlocks m. If threads wait, m goes to the most urgent of them, and th's thread to what it still
// inherits or to its own priority. Unlock panics if th does not own m.
func (m *Mutex) Unlock(th *Thread) {
	if th == nil || th.tid == 0 {
		th.misuse("Unlock")
	}
	if m.word.Load()&tidMask != th.tid || m.copied() {
		m.notOwned(th)
	}
	th.head.begin(m)
	m.remove()
	if !m.word.CompareAndSwap(th.tid, 0) {
		m.unlockSlow(th)
	}
	th.head.done()
}

func (m *Mutex) unlockSlow(th *Thread) {
	th.onItsThread("Unlock")
	m.release()
	if err := unlockPI(&m.word); err != nil {
		panic("rt: Unlock: " + err.Error()) // somebody else has written the word
	}
}

// release is what the next owner's load of the word synchronizes with: the compare-and-swap
// that failed was only a load, and what the kernel does to the word the race detector does not see.
func (m *Mutex) release() { m.word.Or(0) }

func (m *Mutex) notOwned(th *Thread) {
	switch owner := m.word.Load() & tidMask; owner {
	case 0:
		panic("rt: Unlock of unlocked Mutex")
	case th.tid:
		panic("rt: Unlock of a copied Mutex")
	default:
		panic("rt: Unlock by a thread that does not own the Mutex")
	}
}
