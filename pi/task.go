package pi

import (
	"context"
	"sync/atomic"

	"github.com/interlock-go/interlock/internal/inherit"
)

// TaskID numbers the tasks of an executor, from 1.
type TaskID uint64

// Task is a goroutine that runs in one of an executor's slots. Go and Do make it; it ends when the function that it runs
// returns, panics or calls runtime.Goexit. Unless a method says otherwise it is for the task's own goroutine.
type Task struct {
	e    *Executor
	key  uint64 // what it leaves in a mutex; see table
	free uint64 // what the fast paths find in a free mutex, and key as they use it: both
	mine uint64 // shut while they must not be taken
	id   TaskID
	ctx  taskContext
	fn   func(context.Context, *Task)
	due  atomic.Bool // a more urgent task is ready

	ceilings *Mutex       // those with a ceiling that it holds; see innermost
	base     atomic.Int32 // written with e.mu held

	// Guarded by e.mu.
	node      inherit.Task // its base is the maximum of base, ceiling and age
	ceiling   Priority     // as far as the engine knows; see settle
	age       Priority     // what it has by waiting for its slot
	name      string
	state     State
	isDue     bool // what due says
	started   bool
	wake      chan struct{} // receives when the task gets a slot that it waits for
	done      chan struct{}
	turn      uint64     // stamp in the queue for slots
	arrived   uint64     // stamp in the queue of what it waits for
	granted   *Mutex     // given to it since it last had a slot, so that it can be stolen
	firm      bool       // but not any more
	orphaned  bool       // what it was granted has lost its owner
	semaphore *Semaphore // it waits for units of it
	units     int64
	wait      wait // what the detector knows of it
}

func (e *Executor) newTask(ctx context.Context, p Priority) *Task {
	t := &Task{e: e, free: shut, mine: shut, ceiling: lowest, age: lowest}
	t.base.Store(int32(p))
	t.node.Client = t
	t.node.Init(int32(p))
	t.ctx = taskContext{ctx, t}
	return t
}

// taskContext leads from a context to its task without an allocation of its own.
type taskContext struct {
	context.Context
	task *Task
}

type contextKey struct{}

// executorKey finds the task of one executor, whatever tasks of others have been started in between.
type executorKey struct{ e *Executor }

// Value returns the task for FromContext and Do, and what the parent has for everybody else.
func (c *taskContext) Value(key any) any {
	if key == (contextKey{}) || key == (executorKey{c.task.e}) {
		return c.task
	}
	return c.Context.Value(key)
}

// FromContext returns the task that ctx was given to. It walks the chain of contexts, so call
// it once per request, not once per lock.
func FromContext(ctx context.Context) (*Task, bool) {
	t, ok := ctx.Value(contextKey{}).(*Task)
	return t, ok
}

func (t *Task) run() {
	t.identify()
	defer t.exit()
	t.fn(&t.ctx, t)
}

// Go runs fn as another task of the same executor, with t's base priority. What t
// inherits is lent for the locks that t holds, and is not passed on. Any goroutine may call it. It
// panics after Shutdown if t has ended.
func (t *Task) Go(ctx context.Context, fn func(context.Context, *Task)) *Task {
	return t.e.start(ctx, t.Base(), fn, t)
}

// Checkpoint lets a more urgent task have the slot, if one is ready, and returns when t has a
// slot again. It costs one atomic load otherwise. Call it in every loop that may
// run for longer than an urgent task may wait; holding a lock is no reason not to.
func (t *Task) Checkpoint() {
	if t.due.Load() {
		t.giveWay()
	}
}

func (t *Task) giveWay() {
	t.e.mu.Lock()
	t.mustRun("Checkpoint")
	t.settleCeilings()
	t.e.yield(t)
}

// Block runs fn outside the slot, which another task may have meanwhile, and returns when t has
// one again. It is for whatever waits for something else than this executor's locks: I/O,
// sleep, channels, locks of other packages. fn must not lock or acquire for t.
func (t *Task) Block(fn func()) {
	e := t.e
	e.mu.Lock()
	t.mustRun("Block")
	t.settleCeilings()
	e.leaveSlot(t)
	t.state = Blocked
	e.note(Event{Kind: Departed}, t)
	e.schedule()
	e.mu.Unlock()
	t.closePaths()
	defer func() {
		t.openPaths()
		e.mu.Lock()
		e.makeReady(t, e.engine.Arrive())
		e.schedule()
		e.mu.Unlock()
		<-t.wake
	}()
	fn()
}

// openPaths lets the task lock free mutexes, and unlock those that nobody waits for, by compare-and-swap alone.
func (t *Task) openPaths() {
	if t.e.observer == nil {
		t.free, t.mine = t.e.free, t.key
	}
}

// closePaths is the opposite: everything goes through the executor.
func (t *Task) closePaths() { t.free, t.mine = shut, shut }

// exit ends the task. Locks that it still holds are passed on with ErrOwnerExited: those that
// others wait for here, the others when somebody next asks for them.
func (t *Task) exit() {
	e := t.e
	t.closePaths()
	e.mu.Lock()
	for l := t.node.Held(); l != nil; l = t.node.Held() {
		m := l.Client.(*Mutex)
		e.engine.Disown(l)
		e.note(Event{Kind: Released, Lock: m.ref()}, t)
		m.pass(e, true)
	}
	if t.state == Running {
		e.vacate(t)
	}
	e.end(t)
	e.schedule()
	e.mu.Unlock()
}

// mustRun panics unless t has a slot. The lock is held, and released before.
func (t *Task) mustRun(what string) {
	state := t.state
	if state == Running {
		return
	}
	t.e.mu.Unlock()
	if state == Ended {
		panic("pi: " + what + " by a Task that has ended")
	}
	panic("pi: " + what + " by a Task that does not run")
}
