package pi

import (
	"context"
	"slices"
	"sync"
	"time"
	"weak"

	"github.com/interlock-go/interlock/internal/inherit"
)

// Priority says how urgent a task is; larger is more urgent.
type Priority int32

// lowest stands for no priority at all.
const lowest Priority = -1 << 31

// Executor runs tasks in a fixed number of run slots, the most urgent first. It is made
// by [NewExecutor]; the zero value has no slots. It must not be copied. Its methods may be called by any goroutine. It
// has no goroutine of its own and needs no closing; [Executor.Shutdown] waits for its tasks.
type Executor struct {
	slots    int
	free     uint64 // what a free mutex of this executor has for a word
	observer Observer

	mu      sync.Mutex
	engine  inherit.Engine
	ready   inherit.Queue // tasks that wait for a slot
	running []*Task       // tasks that have one, in no order
	tasks   table
	served  []*Semaphore // whose queue has changed
	ceiling []weak.Pointer[Mutex]
	objects uint64 // mutexes and semaphores used so far
	closed  bool
	empty   chan struct{} // closed when the last task ends after Shutdown; nil before
	epoch   time.Time     // age is counted from here
}

// One lock of the Executor, mu, guards everything below it, and in tasks and mutexes what is marked so. It
// is held for the length of a chain walk, and no client code but the Observer runs under it.

// NewExecutor returns an executor without tasks. It starts no goroutine.
func NewExecutor(opts ...Option) *Executor {
	e := &Executor{slots: defaultSlots(), epoch: time.Now()}
	e.free = e.tasks.key()
	e.engine.Changed = e.changed
	for _, o := range opts {
		o(e)
	}
	return e
}

// Go admits a task with base priority p before it returns, and runs fn in a goroutine as soon as
// the task has a slot. A ctx that is done does not keep fn from running: fn decides. The
// context that fn gets leads back to the task; see [FromContext]. Go panics after Shutdown; [Task.Go] does not.
func (e *Executor) Go(ctx context.Context, p Priority, fn func(context.Context, *Task)) *Task {
	return e.start(ctx, p, fn, nil)
}

// start is Go for a task that parent has a hand in, or nobody.
func (e *Executor) start(ctx context.Context, p Priority, fn func(context.Context, *Task), parent *Task) *Task {
	if ctx == nil {
		panic("pi: Go: nil context")
	}
	if fn == nil {
		panic("pi: Go: nil function")
	}
	t := e.newTask(ctx, p)
	t.fn = fn
	e.mu.Lock()
	if !e.admit(t, parent) {
		e.mu.Unlock()
		panic("pi: Go on an Executor that is shut down")
	}
	e.mu.Unlock()
	return t
}

// Do runs fn as a task with base priority p on the caller's goroutine, and returns fn's error.
// If ctx is done before the task has a slot, fn is not run and the error is ctx's
// cause; after Shutdown it is ErrShutdown. Do panics if ctx comes from a task of the same executor: that
// task would wait for a second slot while it holds one.
func (e *Executor) Do(ctx context.Context, p Priority, fn func(context.Context, *Task) error) error {
	if ctx == nil {
		panic("pi: Do: nil context")
	}
	if ctx.Value(executorKey{e}) != nil {
		panic("pi: Do inside a task of the same Executor")
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	t := e.newTask(ctx, p)
	t.wake = make(chan struct{}, 1)
	e.mu.Lock()
	if !e.admit(t, nil) {
		e.mu.Unlock()
		return ErrShutdown
	}
	e.mu.Unlock()
	select {
	case <-t.wake:
	case <-ctx.Done():
		if e.withdraw(t) {
			return context.Cause(ctx)
		}
		<-t.wake
	}
	t.identify()
	defer t.exit()
	return fn(&t.ctx, t)
}

// Shutdown refuses further tasks and waits for those inside, which go on as before: they may start others with Task.Go. When ctx is
// done first the error is a [*BusyError] that says who is still inside. It may be called again.
func (e *Executor) Shutdown(ctx context.Context) error {
	e.mu.Lock()
	e.closed = true
	if e.empty == nil {
		e.empty = make(chan struct{})
		if e.tasks.n == 0 {
			close(e.empty)
		}
	}
	e.mu.Unlock()
	select {
	case <-e.empty:
		return nil
	default:
	}
	select {
	case <-e.empty:
		return nil
	case <-ctx.Done():
		return &BusyError{Inside: e.Snapshot().Tasks, Cause: context.Cause(ctx)}
	}
}

// admit makes t a task of the executor, unless that is shut down and no task inside starts it. The lock is held.
func (e *Executor) admit(t, parent *Task) bool {
	if e.closed && (parent == nil || parent.state == Ended) {
		return false
	}
	t.key = e.tasks.add(t)
	t.id = TaskID(e.tasks.total)
	t.openPaths()
	e.note(Event{Kind: Admitted}, t)
	e.makeReady(t, e.engine.Arrive())
	e.schedule()
	return true
}

// withdraw takes back a task that has no slot yet, and reports whether that was in time.
func (e *Executor) withdraw(t *Task) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if t.state != Ready {
		return false
	}
	e.engine.Leave(&t.node)
	e.end(t)
	e.schedule()
	return true
}

// end forgets t. The lock is held, and t has no slot.
func (e *Executor) end(t *Task) {
	t.state = Ended
	e.note(Event{Kind: TaskEnded}, t)
	e.tasks.remove(t.key)
	if t.done != nil {
		close(t.done)
	}
	if e.tasks.n == 0 && e.empty != nil {
		close(e.empty)
	}
}

// now is the time since the executor was made in microseconds, where age counts; else 0.
func (e *Executor) now() int64 {
	if e.ready.Scale == 0 {
		return 0
	}
	return time.Since(e.epoch).Microseconds()
}

// bind gives an object its number and, with a ceiling, its place in the list that
// Effective looks through. The lock is held.
func (e *Executor) bind(m *Mutex) {
	e.objects++
	m.number = e.objects
	if m.capped {
		e.ceiling = slices.DeleteFunc(e.ceiling, func(p weak.Pointer[Mutex]) bool { return p.Value() == nil })
		e.ceiling = append(e.ceiling, weak.Make(m))
	}
}
