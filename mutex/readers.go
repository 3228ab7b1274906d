//go:build !interlock_off

package mutex

import (
	"sync"
	"unsafe"

	"github.com/interlock-go/interlock/internal/callsite"
	"github.com/interlock-go/interlock/internal/engine"
	"github.com/interlock-go/interlock/internal/quiet"
)

// RLock locks rw for reading. It blocks while rw is locked for writing or a writer waits.
//
//go:norace
//go:noinline
//go:nosplit
func (rw *RWMutex) RLock() {
	var here [0]byte
	at := unsafe.Pointer(&here)
	quiet.Begin()
	r := rw.reader.Record()
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
	if rw.mu.TryRLock() {
		pc := *(*uintptr)(unsafe.Add(at, sites[rLockCall]))
		quiet.Begin() // the look at the lock's word must not order us after who wrote a flag
		r.PushFirst(rw.core.ReadKey(), pc)
		quiet.End()
		return
	}
	rw.rlockSlow(at)
	return
nested:
	if !r.Ready(rw.read.Seen().Load()) {
		goto slow
	}
	quiet.End()
	if rw.mu.TryRLock() {
		pc := *(*uintptr)(unsafe.Add(at, sites[rLockCall]))
		quiet.Begin()
		r.Push(rw.core.ReadKey(), pc)
		quiet.End()
		return
	}
	rw.rlockSlow(at)
	return
slow:
	quiet.End()
	rw.rlockSlow(at)
}

//go:norace
//go:noinline
func (rw *RWMutex) rlockSlow(at unsafe.Pointer) {
	acquire(rw.readRequest(site(at, rLockCall)), (*readSide)(rw))
}

// readRequest asks for rw for reading, with return address pc.
//
//go:norace
func (rw *RWMutex) readRequest(pc uintptr) *engine.Request {
	return &engine.Request{Core: &rw.core, Seen: rw.read.Seen(), Reader: &rw.reader, For: engine.ForRead, PC: pc}
}

// TryRLock tries to lock rw for reading and reports whether it succeeded, as TryLock does. It fails while a writer waits.
//
//go:norace
//go:noinline
func (rw *RWMutex) TryRLock() bool {
	var here [0]byte
	if !rw.mu.TryRLock() {
		return false
	}
	noteTried(rw.readRequest(site(unsafe.Pointer(&here), tryRLockCall)))
	return true
}

// RUnlock undoes a single RLock; other readers keep theirs. It panics if rw is not locked for reading.
//
//go:norace
//go:noinline
//go:nosplit
func (rw *RWMutex) RUnlock() {
	var here [0]byte
	quiet.Begin()
	r := rw.reader.Record()
	if r == nil {
		goto slow
	}
	if !r.Innermost(rw.core.ReadTag()) {
		goto slow
	}
	if !r.Lies(unsafe.Pointer(&here)) {
		goto slow
	}
	r.Pop()
	quiet.End()
	rw.mu.RUnlock()
	quiet.Begin()
	if rw.core.Waited() {
		wake(&rw.core, true)
	}
	quiet.End()
	return
slow:
	quiet.End()
	rw.runlockSlow()
}

//go:norace
//go:noinline
func (rw *RWMutex) runlockSlow() {
	if !released(rw.readRequest(0)) && !rw.readLocked() {
		panic("mutex: RUnlock of unlocked RWMutex")
	}
	rw.mu.RUnlock()
	wakeWaited(&rw.core, true)
}

// readLocked tells whether anybody can be reading: not while the lock can be had for writing,
// nor while somebody is known to write.
//
//go:norace
func (rw *RWMutex) readLocked() bool {
	if rw.mu.TryLock() {
		rw.mu.Unlock()
		return false
	}
	quiet.Begin()
	written := rw.core.Written()
	quiet.End()
	return !written
}

// RLocker returns a [sync.Locker] whose Lock and Unlock are rw's RLock and RUnlock. What it locks is
// held and ordered like any other lock for reading.
func (rw *RWMutex) RLocker() sync.Locker { return (*rlocker)(rw) }

// readSide is the native lock of the readers' side, for acquire.
type readSide RWMutex

//go:norace
func (s *readSide) Lock() { s.mu.RLock() }

//go:norace
func (s *readSide) TryLock() bool { return s.mu.TryRLock() }

//go:norace
func (s *readSide) Unlock() { s.mu.RUnlock() }

// rlocker is what RLocker returns.
type rlocker RWMutex

// Lock is RLock. It finds its caller the slow way.
//
//go:norace
//go:noinline
func (l *rlocker) Lock() {
	rw := (*RWMutex)(l)
	acquire(rw.readRequest(callsite.Outside()), (*readSide)(rw))
}

// Unlock is RUnlock.
//
//go:norace
func (l *rlocker) Unlock() { (*RWMutex)(l).RUnlock() }
