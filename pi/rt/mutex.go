package rt

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Mutex is a mutual exclusion lock for the threads of this package. While somebody waits, its owner runs at
// least at the priority of the most urgent one, through any chain of owners that wait themselves.
// The zero value is an unlocked one. It must not be copied after first use.
//
// It is not recursive: to lock it again is an ErrDeadlock. It is unlocked by the thread that locked
// it, in any order among several; the last one first is the quickest. The kernel wakes the most urgent waiter,
// and among equals the first.
//
// In the terminology of the Go memory model, the n'th call to Unlock synchronizes before the m'th
// call to Lock for any n < m; a successful TryLock, LockDeadline or LockContext counts as a Lock, and the end of
// a thread as an Unlock of what it holds.
type Mutex struct {
	_     [0]sync.Mutex // so that go vet reports copies
	below *Mutex        // the owner's: what it holds and locked before; the kernel's link while the owner ends
	word  uint32
}

// The word of a Mutex is that of futex(2):
//
//	word              owner                        who changes it
//	0                 nobody                       any thread to its tid, by compare-and-swap
//	tid               the thread with the id       its owner to 0, by compare-and-swap
//	tid|waiters       the same                     the kernel only
//	tid|…|ownerDied   a thread that has not yet    its owner takes ownerDied away
//	                  been told
//	ownerDied         nobody; its owner died       the kernel only, for the next who locks
//
// The functions that are Lock and Unlock for the caller are as large as the compiler inlines, to the node.
// What they do not do, such as looking whether th is nil, is left out for that.

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
func (m *Mutex) Lock(th *Thread) (err error) {
	if atomic.CompareAndSwapUint32(&m.word, th.free, th.tid) {
		m.below, th.top = th.top, m
		return
	}
	return m.lockSlow(th)
}

func (m *Mutex) lockSlow(th *Thread) error {
	th.check("Lock")
	return m.await(th, time.Time{})
}

// Unlock unlocks m. If threads wait, m goes to the most urgent of them, and th's thread to what it still
// inherits or to its own priority. Unlock panics if th does not own m.
func (m *Mutex) Unlock(th *Thread) {
	if th.top == m {
		th.top = m.below // first: the next owner writes below
		if atomic.CompareAndSwapUint32(&m.word, th.tid, 0) {
			return
		}
	}
	m.unlockSlow(th)
}

// unlockSlow is for what is not the last lock of th, and for what is, is off its list, and is waited for.
func (m *Mutex) unlockSlow(th *Thread) {
	th.check("Unlock")
	w := atomic.LoadUint32(&m.word)
	switch {
	case w&tidMask == 0:
		panic("rt: Unlock of unlocked Mutex")
	case w&tidMask != th.tid:
		panic("rt: Unlock by a thread that does not own the Mutex")
	case !th.forget(m) && w&waiters == 0:
		panic("rt: Unlock of a copied Mutex")
	case atomic.CompareAndSwapUint32(&m.word, th.tid, 0):
		return
	}
	m.release()
	if err := unlockPI(&m.word); err != nil {
		panic("rt: Unlock: " + err.Error()) // somebody else has written the word
	}
}

// release is what the next owner's load of the word synchronizes with: the compare-and-swap
// that failed was only a load, and what the kernel does to the word the race detector does not see.
func (m *Mutex) release() { atomic.OrUint32(&m.word, 0) }

// TryLock locks m for th if it is free, and reports whether it was. A lock whose owner has died is not
// free.
func (m *Mutex) TryLock(th *Thread) bool {
	th.check("TryLock")
	if !atomic.CompareAndSwapUint32(&m.word, 0, th.tid) {
		return false
	}
	m.below, th.top = th.top, m
	return true
}

// LockDeadline is Lock that gives up at the deadline, with context.DeadlineExceeded. What others
// inherited from th here is gone when it returns. A deadline in the past still locks what is free.
func (m *Mutex) LockDeadline(th *Thread, deadline time.Time) error {
	if m.TryLock(th) {
		return nil
	}
	if deadline.IsZero() { // which await takes for none
		deadline = deadline.Add(1)
	}
	return m.await(th, deadline)
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
	th.check("LockContext")
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

// await locks m by the kernel. The zero deadline is none.
func (m *Mutex) await(th *Thread, deadline time.Time) error {
	th.onItsThread()
	if err := lockPI(&m.word, deadline); err != nil {
		return err
	}
	// The kernel's hand-over is invisible to the race detector. This load sees the last owner's release.
	w := atomic.LoadUint32(&m.word)
	m.below, th.top = th.top, m
	if w&ownerDied == 0 {
		return nil
	}
	atomic.AndUint32(&m.word, ^uint32(ownerDied))
	return ErrOwnerDied
}
