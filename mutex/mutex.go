//go:build !interlock_off

package mutex

import (
	"sync"
	"unsafe"

	"github.com/interlock-go/interlock/internal/engine"
	"github.com/interlock-go/interlock/internal/quiet"
)

// Mutex is a mutual exclusion lock that knows its owner and the order in which it is
// taken. It is used as a [sync.Mutex] is; the zero value is an unlocked one. It must not
// be copied after first use.
//
// Locking is reported, never refused: a Lock that closes a deadlock is reported and
// then waits as sync's would. Unlock may be called by another goroutine than the one
// that locked. Such a hand-off makes the lock's owner uncertain; from then on it is
// watched for its order, and no deadlock through it is called certain.
//
// In the terminology of the Go memory model, the n'th call to Unlock synchronizes
// before the m'th call to Lock for any n < m, a successful TryLock counts as a Lock,
// and a failed one establishes nothing. The detector's own bookkeeping adds no
// ordering that the race detector could see.
type Mutex struct {
	mu   sync.Mutex
	core engine.Core
}

// The fast path is sync.Mutex's own compare-and-swap with a look before it and a note
// after it. It is open when the goroutine that locked last locks again and holds
// either nothing else or a set of locks under which the order is known:
//
//	look   owner's record runs on this stack       else find the record (lockSlow)
//	look   held set is empty or known to the lock  else look the order up (Record.Before)
//	take   TryLock                                 else publish the wait (Record.Block)
//	note   push identity and call site on the record
//
// Of the methods on it none checks the size of the stack (go:nosplit), and their branches are
// gotos because the compiler makes a value of a condition with an "or" in it.

// Lock locks m. If the lock is in use, the calling goroutine blocks until it is free. Locking what the goroutine holds
// already is reported, and blocks until another goroutine unlocks.
//
//go:norace
//go:noinline
//go:nosplit
func (m *Mutex) Lock() {
	var here [0]byte
	at := unsafe.Pointer(&here)
	quiet.Begin()
	r := m.core.Record()
	if r == nil {
		goto slow
	}
	if !r.Runs(at) {
		goto slow
	}
	if !r.Idle() {
		goto nested
	}
	quiet.End()
	if m.mu.TryLock() {
		pc := *(*uintptr)(unsafe.Add(at, sites[lockCall]))
		quiet.Begin() // the look at the lock's word must not order us after who wrote a flag
		r.PushFirst(m.core.Key(), pc)
		quiet.End()
		return
	}
	m.lockSlow(at)
	return
nested:
	if !r.Ready(m.core.Seen().Load()) {
		goto slow
	}
	quiet.End()
	if m.mu.TryLock() {
		pc := *(*uintptr)(unsafe.Add(at, sites[lockCall]))
		quiet.Begin()
		r.Push(m.core.Key(), pc)
		quiet.End()
		return
	}
	m.lockSlow(at)
	return
slow:
	quiet.End()
	m.lockSlow(at)
}

//go:norace
//go:noinline
func (m *Mutex) lockSlow(at unsafe.Pointer) {
	acquire(m.request(site(at, lockCall)), &m.mu)
}

// request asks for m with return address pc.
//
//go:norace
func (m *Mutex) request(pc uintptr) *engine.Request {
	return &engine.Request{Core: &m.core, Seen: m.core.Seen(), For: engine.ForMutex, PC: pc}
}

// TryLock tries to lock m and reports whether it succeeded. It cannot block, so it
// takes part in no deadlock as the one that asks; what it locks is held like any other.
//
//go:norace
//go:noinline
func (m *Mutex) TryLock() bool {
	var here [0]byte
	if !m.mu.TryLock() {
		return false
	}
	noteTried(m.request(site(unsafe.Pointer(&here), tryLockCall)))
	return true
}

// Unlock unlocks m, in whatever order among several locks. It panics if m is not locked.
//
//go:norace
//go:noinline
//go:nosplit
func (m *Mutex) Unlock() {
	var here [0]byte
	quiet.Begin()
	r := m.core.Record()
	if r == nil {
		goto slow
	}
	if !r.Innermost(m.core.Tag()) {
		goto slow
	}
	if !r.Lies(unsafe.Pointer(&here)) {
		goto slow
	}
	r.Pop()
	quiet.End()
	m.mu.Unlock()
	quiet.Begin()
	if m.core.Waited() {
		wake(&m.core, false)
	}
	quiet.End()
	return
slow:
	quiet.End()
	m.unlockSlow()
}

// unlockSlow releases what somebody else may have locked. A lock that nobody is known to hold
// may still be locked, say by a copy made while it was; only trying tells.
//
//go:norace
//go:noinline
func (m *Mutex) unlockSlow() {
	if !released(m.request(0)) && m.mu.TryLock() {
		m.mu.Unlock()
		panic("mutex: unlock of unlocked Mutex")
	}
	m.mu.Unlock()
	wakeWaited(&m.core, false)
}
