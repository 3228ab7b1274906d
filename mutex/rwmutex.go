//go:build !interlock_off

package mutex

import (
	"sync"
	"unsafe"

	"github.com/interlock-go/interlock/internal/engine"
	"github.com/interlock-go/interlock/internal/quiet"
)

// RWMutex is a reader/writer lock that knows its owners and the order in which it is
// taken. It is used as a [sync.RWMutex] is; the zero value is an unlocked one. It must
// not be copied after first use.
//
// A goroutine that waits in Lock keeps new readers out. That is why reading twice in one goroutine can
// deadlock, and why the detector takes a waiting writer for one that stands in a reader's way.
//
// Several goroutines may hold it for reading at once, or one for writing. A read lock cannot become a write lock, nor the
// other way round: release it and lock again. A lock taken by one goroutine may be released by another; as with [Mutex], its owner is
// uncertain from then on.
//
// In the terminology of the Go memory model it synchronizes exactly as sync.RWMutex does: the n'th call to Unlock
// synchronizes before the m'th call to Lock for any n < m, and for any call to RLock there is an n such that the n'th call
// to Unlock synchronizes before its return and the matching RUnlock before the return of the n+1'th call to Lock.
type RWMutex struct {
	mu     sync.RWMutex
	core   engine.Core
	read   engine.ReadSide
	reader engine.Hint // of the goroutine that last locked for reading
}

// Lock locks rw for writing. If it is locked, for reading or writing, Lock blocks until it is free, and
// keeps readers that come later waiting.
//
//go:norace
//go:noinline
//go:nosplit
func (rw *RWMutex) Lock() {
	var here [0]byte
	at := unsafe.Pointer(&here)
	quiet.Begin()
	r := rw.core.Record()
	known := r != nil && r.Runs(at) && r.Known(rw.core.Seen().Load())
	quiet.End()
	if !known || !rw.mu.TryLock() {
		rw.lockSlow(at)
		return
	}
	pc := *(*uintptr)(unsafe.Add(at, sites[rwLockCall]))
	quiet.Begin()
	r.Push(rw.core.Key(), pc)
	quiet.End()
}

//go:norace
//go:noinline
func (rw *RWMutex) lockSlow(at unsafe.Pointer) {
	acquire(rw.request(site(at, rwLockCall)), &rw.mu)
}

// request asks for rw for writing, with return address pc.
//
//go:norace
func (rw *RWMutex) request(pc uintptr) *engine.Request {
	return &engine.Request{Core: &rw.core, Seen: rw.core.Seen(), For: engine.ForWrite, PC: pc}
}

// TryLock tries to lock rw for writing and reports whether it succeeded. It cannot block, so it takes part in no
// deadlock as the one that asks; what it locks is held like any other.
//
//go:norace
//go:noinline
func (rw *RWMutex) TryLock() bool {
	var here [0]byte
	if !rw.mu.TryLock() {
		return false
	}
	noteTried(rw.request(site(unsafe.Pointer(&here), rwTryLockCall)))
	return true
}

// Unlock unlocks rw for writing. It panics if rw is not locked for writing. The readers that wait are let in before the
// next writer.
//
//go:norace
//go:noinline
//go:nosplit
func (rw *RWMutex) Unlock() {
	var here [0]byte
	quiet.Begin()
	r := rw.core.Record()
	if r == nil {
		goto slow
	}
	if !r.Innermost(rw.core.Tag()) {
		goto slow
	}
	if !r.Lies(unsafe.Pointer(&here)) {
		goto slow
	}
	r.Pop()
	quiet.End()
	rw.mu.Unlock()
	quiet.Begin()
	if rw.core.Waited() {
		wake(&rw.core, true)
	}
	quiet.End()
	return
slow:
	quiet.End()
	rw.unlockSlow()
}

//go:norace
//go:noinline
func (rw *RWMutex) unlockSlow() {
	if !released(rw.request(0)) && rw.mu.TryRLock() {
		rw.mu.RUnlock() // readers get in, so nobody writes
		panic("mutex: unlock of unlocked RWMutex")
	}
	rw.mu.Unlock()
	wakeWaited(&rw.core, true)
}
