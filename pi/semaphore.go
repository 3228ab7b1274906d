package pi

import (
	"context"
	"strconv"

	"github.com/interlock-go/interlock/internal/inherit"
)

// Semaphore is a number of units that tasks acquire and release: connections, buffers,
// tokens. Those that wait are served by effective priority, and first come, first served among
// equals. A task that inherits while it waits moves up at once. Units have no owner, so nobody
// inherits from those that wait for them. Make it with [NewSemaphore]: the zero value has no units. It must not be copied, and
// belongs to one executor as a Mutex does.
//
// In the terminology of the Go memory model, a Release synchronizes before the return of an
// Acquire that gets the units.
type Semaphore struct {
	size int64

	// Guarded by the executor's lock.
	home   *Executor
	free   int64
	queue  inherit.Queue
	number uint64
	name   string
}

// NewSemaphore returns a semaphore with n units, all free. It panics if n is negative.
func NewSemaphore(n int64) *Semaphore {
	if n < 0 {
		panic("pi: NewSemaphore: negative number of units")
	}
	return &Semaphore{size: n, free: n}
}

// SetName gives s a name for events. It is called before s is used.
func (s *Semaphore) SetName(name string) { s.name = name }

// Acquire gets n units for t, and waits for them outside t's slot if need be. The first that waits is
// waited for by all: many small requests do not starve a large one of the same priority. The
// error is ctx's cause if ctx is done before that; then nothing was acquired. Acquire
// panics if n is negative or more than s has.
func (s *Semaphore) Acquire(ctx context.Context, t *Task, n int64) error {
	if ctx == nil {
		panic("pi: Acquire: nil context")
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	s.enter(t, n, "Acquire")
	e := t.e
	if s.available(t, n) {
		s.free -= n
		e.note(Event{Kind: Acquired, Lock: s.ref(), Units: n}, t)
		e.mu.Unlock()
		return nil
	}
	t.settleCeilings()
	t.arrived = e.engine.Arrive()
	t.wait.prepare(nil)
	e.leaveSlot(t)
	t.state, t.semaphore, t.units = Waiting, s, n
	e.note(Event{Kind: Asked, Lock: s.ref(), Units: n}, t)
	e.engine.Wait(&t.node, &s.queue, t.arrived, 0)
	e.schedule()
	e.mu.Unlock()
	return t.await(ctx, s)
}

// TryAcquire gets n units for t if that needs no waiting, and reports whether it did. It passes nobody
// who waits and is as urgent as t.
func (s *Semaphore) TryAcquire(t *Task, n int64) bool {
	s.enter(t, n, "TryAcquire")
	defer t.e.mu.Unlock()
	if !s.available(t, n) {
		return false
	}
	s.free -= n
	t.e.note(Event{Kind: Acquired, Lock: s.ref(), Units: n}, t)
	return true
}

// Release gives n units back, which any task of the executor may do. It panics if that would make
// more than there are.
func (s *Semaphore) Release(t *Task, n int64) {
	s.enter(t, n, "Release")
	e := t.e
	if n > s.size-s.free {
		e.mu.Unlock()
		panic("pi: Release of more than was acquired")
	}
	s.free += n
	e.note(Event{Kind: Released, Lock: s.ref(), Units: n}, t)
	s.serve(e)
	t.settleCeilings()
	e.yield(t)
}

// enter takes the executor's lock, binds s to the executor, and panics if t must not use s.
func (s *Semaphore) enter(t *Task, n int64, what string) {
	if t == nil {
		panic("pi: " + what + " with a nil Task")
	}
	if n < 0 || n > s.size {
		panic("pi: " + what + ": " + strconv.FormatInt(n, 10) + " units of a Semaphore of " + strconv.FormatInt(s.size, 10))
	}
	e := t.e
	e.mu.Lock()
	t.mustRun(what)
	if s.home == nil {
		e.objects++
		s.home, s.number = e, e.objects
	}
	if s.home != e {
		e.mu.Unlock()
		panic("pi: " + what + " of a Semaphore of another Executor")
	}
}

// available tells whether t may have n units before everybody who waits.
func (s *Semaphore) available(t *Task, n int64) bool {
	first := s.queue.First()
	return s.free >= n && (first == nil || int32(t.effective()) > first.Effective())
}

// serve grants units to the first that wait, while there are enough for the first.
func (s *Semaphore) serve(e *Executor) {
	for {
		first := s.queue.First()
		if first == nil {
			return
		}
		t := first.Client.(*Task)
		if t.units > s.free {
			return
		}
		s.free -= t.units
		e.engine.Leave(first)
		t.semaphore = nil
		t.wait.over()
		e.note(Event{Kind: Acquired, Lock: s.ref(), Units: t.units}, t)
		e.makeReady(t, e.engine.Arrive())
	}
}

func (s *Semaphore) left(e *Executor) { s.serve(e) }

func (s *Semaphore) ref() LockRef { return LockRef{s.number, s.name} }
