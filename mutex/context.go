//go:build !interlock_off

package mutex

import (
	"context"
	"runtime"
	"unsafe"

	"github.com/interlock-go/interlock/internal/callsite"
	"github.com/interlock-go/interlock/internal/engine"
	"github.com/interlock-go/interlock/internal/park"
	"github.com/interlock-go/interlock/internal/quiet"
	"github.com/interlock-go/interlock/lockorder"
)

// Lock is what the functions of this package take: a *Mutex or a *RWMutex.
type Lock interface{ *Mutex | *RWMutex }

// LockContext locks l like its Lock method (an RWMutex for writing), but gives up
//
//   - when ctx is done, with ctx's cause as the error. A ctx that is done on entry locks nothing.
//   - when waiting would close a ring of goroutines that wait for one another, or when
//     another goroutine closes one while this call waits: the error is a
//     [lockorder.DeadlockError] with the ring. Release what you hold and begin again.
//
// If it returns an error l is not locked by it. A release that races with the end of
// ctx may win; then the lock is held and the error nil. In the terminology of the Go memory model a call that
// returns nil counts as a Lock, and any other establishes nothing.
//
// A call that waits is served before goroutines that come after it only as far as
// package sync's TryLock succeeds: it has no claim to the lock before it has it, and under heavy contention
// Lock comes first. Unlike Lock it allocates. LockContext panics if ctx is nil.
//
//go:norace
//go:noinline
func LockContext[L Lock](ctx context.Context, l L) error {
	q, n := writeSide(l, callsite.Outside())
	return acquireContext(ctx, q, n)
}

// RLockContext locks rw for reading like its RLock method, and gives up as [LockContext] does, with the same errors. It
// panics if ctx is nil.
//
//go:norace
//go:noinline
func RLockContext(ctx context.Context, rw *RWMutex) error {
	return acquireContext(ctx, rw.readRequest(callsite.Outside()), (*readSide)(rw))
}

// writeSide returns what it takes to lock l for writing with return address pc.
//
//go:norace
func writeSide[L Lock](l L, pc uintptr) (*engine.Request, native) {
	switch l := any(l).(type) {
	case *Mutex:
		return l.request(pc), &l.mu
	case *RWMutex:
		return l.request(pc), &l.mu
	}
	panic("unreachable: Lock has two types")
}

//go:norace
func acquireContext(ctx context.Context, q *engine.Request, l native) error {
	if ctx == nil {
		panic("mutex: LockContext: nil context")
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	quiet.Begin()
	r := engine.Enter()
	news := r.Before(q)
	quiet.End()
	if news == nil && l.TryLock() {
		note(r, q)
		return nil
	}
	return waitContext(ctx, r, q, l, news)
}

// waitContext waits for l in the queue of calls that have a way out. News wait until it
// is known that the call will not be refused: then its error says all.
//
//go:norace
func waitContext(ctx context.Context, r *engine.Record, q *engine.Request, l native, news *engine.News) error {
	w := park.New()
	quiet.Begin()
	ring := r.BlockRefusable(q, w.C)
	quiet.End()
	if news != nil && ring == nil {
		quiet.Begin()
		ring = r.UnblockRefusable()
		runtime.KeepAlive(w) // the record refers to its channel until here
		quiet.End()
		if ring == nil {
			engine.Emit(news)
			return waitContext(ctx, r, q, l, nil)
		}
		return lockorder.NewDeadlockError(ring)
	}
	var err error
	locked := false
	if ring == nil {
		locked, err = queue(ctx, w, r, q, l)
	}
	quiet.Begin()
	refused := r.UnblockRefusable()
	runtime.KeepAlive(w)
	if locked {
		r.Acquired(q)
	}
	quiet.End()
	switch {
	case locked:
		return nil
	case ring != nil:
		return lockorder.NewDeadlockError(ring)
	case refused != nil:
		return lockorder.NewDeadlockError(refused)
	}
	return err
}

// queue waits in line until l is locked, ctx is done or the wait is refused.
//
//go:norace
func queue(ctx context.Context, w *park.Waiter, r *engine.Record, q *engine.Request, l native) (locked bool, err error) {
	addr := uintptr(unsafe.Pointer(q.Core))
	for again := false; ; again = true {
		enqueue(w, addr, again, q.Core)
		if l.TryLock() {
			dequeue(w, q.Core)
			return true, nil
		}
		select {
		case <-w.C:
		case <-ctx.Done():
			err = context.Cause(ctx)
		}
		woken := !dequeue(w, q.Core)
		if woken && l.TryLock() {
			return true, nil // a release was meant for this call, and nobody else would take it
		}
		if err != nil || refused(r) {
			return false, err
		}
	}
}

//go:norace
func enqueue(w *park.Waiter, addr uintptr, front bool, c *engine.Core) {
	quiet.Begin()
	park.Add(w, addr, front, c)
	quiet.End()
}

// dequeue takes w out and reports whether it was still queued. A wake-up that it did not read is dropped.
//
//go:norace
func dequeue(w *park.Waiter, c *engine.Core) bool {
	quiet.Begin()
	queued := park.Remove(w, c)
	quiet.End()
	select { //house:allow after the quiet section
	case <-w.C: //house:allow after the quiet section
	default:
	}
	return queued
}

//go:norace
func refused(r *engine.Record) bool {
	quiet.Begin()
	f := r.Refusal()
	quiet.End()
	return f != nil
}
