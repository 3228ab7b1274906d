package pi

import (
	"context"

	"github.com/interlock-go/interlock/internal/inherit"
)

// object is what a task waits for.
type object interface {
	left(e *Executor) // a task has left its queue; the executor's lock is held
}

// await returns when t has been granted o and has a slot, or when the call has given up and t has a slot
// again. Grant and giving up exclude each other: the executor's lock decides which came first.
func (t *Task) await(ctx context.Context, o object) error {
	err := t.begin(ctx != nil, o)
	if err == nil {
		var done <-chan struct{}
		if ctx != nil {
			done = ctx.Done()
		}
		select {
		case <-t.wake:
			t.wait.end()
			return t.news()
		case <-done:
			err = context.Cause(ctx)
		case <-t.wait.refused():
		}
	}
	granted := !t.leave(o)
	<-t.wake
	if refusal := t.wait.end(); err == nil {
		err = refusal
	}
	if granted {
		return t.news()
	}
	return err
}

// begin tells the detector that t is about to sleep. It does not return if a report handler panics or exits; then t has
// a slot again, and o, which is a Mutex, is not locked by the call.
func (t *Task) begin(refusable bool, o object) error {
	returns := false
	defer func() {
		if returns {
			return
		}
		granted := !t.leave(o)
		<-t.wake
		t.wait.end()
		if granted {
			o.(*Mutex).release(t, t.news() != nil)
		}
	}()
	err := t.wait.begin(refusable)
	returns = true
	return err
}

// leave takes t out of o's queue, and reports false if t has been granted o already. That is
// final then: nobody may steal it from a task that no longer looks at its context.
func (t *Task) leave(o object) bool {
	e := t.e
	e.mu.Lock()
	defer e.mu.Unlock()
	if t.state != Waiting {
		t.firm = true
		return false
	}
	t.wait.over()
	e.engine.Leave(&t.node)
	t.semaphore = nil
	o.left(e)
	e.note(Event{Kind: Cancelled}, t)
	e.makeReady(t, e.engine.Arrive())
	e.schedule()
	return true
}

func newDeadlockError(cycle []*inherit.Task, m *Mutex) *DeadlockError {
	err := &DeadlockError{Cycle: make([]CycleWait, len(cycle))}
	for i, n := range cycle {
		t := n.Client.(*Task)
		err.Cycle[i] = CycleWait{Task: t.id, Name: t.name, Lock: m.label()}
		if i+1 < len(cycle) { // what the next one waits for
			m = cycle[i+1].WaitsFor().Client.(*Mutex)
		}
	}
	return err
}
