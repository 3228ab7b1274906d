package pi

import "github.com/interlock-go/interlock/internal/inherit"

// The functions of this file are called with the executor's lock held, unless they say otherwise.
// What they keep true, at every release of the lock:
//
//   - no slot is free while a task is ready;
//   - a running task is due if a ready one is more urgent. It learns of it
//     at its next checkpoint, and of two that are due the first to get there goes.
//     Where age counts it is due whenever one is ready: it must look at the clock.

// makeReady queues t for a slot. A task that has lost its slot keeps its stamp, and with it
// its place before its equals.
func (e *Executor) makeReady(t *Task, stamp uint64) {
	t.state, t.turn = Ready, stamp
	e.engine.Wait(&t.node, &e.ready, stamp, e.now())
}

// schedule hands out the free slots and marks who is due.
func (e *Executor) schedule() {
	for len(e.served) > 0 {
		s := e.served[len(e.served)-1]
		e.served = e.served[:len(e.served)-1]
		s.serve(e)
	}
	for len(e.running) < e.slots {
		first := e.ready.First()
		if first == nil {
			break
		}
		e.dispatch(first.Client.(*Task))
	}
	first := e.ready.First()
	for _, t := range e.running {
		if due := first != nil && (e.ready.Scale != 0 || e.outranks(first, t)); due != t.isDue {
			t.isDue = due
			t.due.Store(due)
		}
	}
}

// outranks tells whether the first of the ready tasks is more urgent than t, which runs.
func (e *Executor) outranks(first *inherit.Task, t *Task) bool {
	return e.aged(first) > Priority(t.node.Effective())
}

// aged is the priority of a ready task with what it has gained by waiting.
func (e *Executor) aged(n *inherit.Task) Priority {
	if e.ready.Scale == 0 {
		return Priority(n.Effective())
	}
	return Priority(min(int64(n.Effective())+(e.now()-n.Start())/e.ready.Scale, 1<<31-1))
}

func (e *Executor) dispatch(t *Task) {
	if e.ready.Scale != 0 {
		if a := e.aged(&t.node); a > Priority(t.node.Effective()) {
			t.age = a
		}
	}
	e.engine.Leave(&t.node)
	t.state, t.granted, t.firm = Running, nil, false
	e.running = append(e.running, t)
	t.settle()
	e.note(Event{Kind: Dispatched}, t)
	if t.fn != nil && !t.started {
		t.started = true
		go t.run()
		return
	}
	t.wake <- struct{}{} // has room: t waits for this alone
}

// leaveSlot takes the slot from t, which runs, and will want one again. What it gained by waiting is spent.
func (e *Executor) leaveSlot(t *Task) {
	e.vacate(t)
	if t.wake == nil {
		t.wake = make(chan struct{}, 1)
	}
	t.age = lowest
	t.settle()
}

// vacate takes the slot from t, which runs.
func (e *Executor) vacate(t *Task) {
	t.isDue = false
	t.due.Store(false)
	for i, r := range e.running {
		if r == t {
			last := len(e.running) - 1
			e.running[i] = e.running[last]
			e.running[last] = nil
			e.running = e.running[:last]
			break
		}
	}
}

// yield gives t's slot up if a ready task is more urgent, and returns when t has one
// again. It releases the lock.
func (e *Executor) yield(t *Task) {
	e.schedule()
	first := e.ready.First()
	if t.state != Running || first == nil || !e.outranks(first, t) {
		e.mu.Unlock()
		return
	}
	e.leaveSlot(t)
	e.note(Event{Kind: Preempted}, t)
	e.makeReady(t, t.turn)
	e.schedule()
	e.mu.Unlock()
	<-t.wake
}

// changed hears from within a chain walk that a task's effective priority has changed.
func (e *Executor) changed(n *inherit.Task) {
	t := n.Client.(*Task)
	if t.semaphore != nil {
		e.served = append(e.served, t.semaphore)
	}
	e.note(Event{Kind: Reprioritized}, t)
}
