package pi

// ID returns the task's number. Any goroutine may call it.
func (t *Task) ID() TaskID { return t.id }

// Base returns the priority that the task was given. Any goroutine may call it.
func (t *Task) Base() Priority { return Priority(t.base.Load()) }

// Effective returns the priority that the task runs at: the maximum of its base, of the
// ceilings of the locks that it holds, of the effective priorities of all that wait for a lock that it
// holds, and of what it gained by waiting for the slot it has. Any goroutine may call it.
func (t *Task) Effective() Priority {
	t.e.mu.Lock()
	defer t.e.mu.Unlock()
	return t.effective()
}

// effective includes the ceilings that the engine does not know of yet, by asking the mutexes. The
// lock is held.
func (t *Task) effective() Priority {
	p := Priority(t.node.Effective())
	for _, w := range t.e.ceiling {
		if m := w.Value(); m != nil && m.word.Load()&^contended == t.key {
			p = max(p, m.ceiling)
		}
	}
	return p
}

// SetBase changes the task's base priority. Any goroutine may call it. What follows for others, along
// the chain of locks and in the queues, is done when it returns; a task that is no longer urgent enough for its slot
// gives it up at its next checkpoint.
func (t *Task) SetBase(p Priority) {
	t.e.mu.Lock()
	defer t.e.mu.Unlock()
	t.base.Store(int32(p))
	t.settle()
	t.e.schedule()
}

// SetName gives the task a name for events, snapshots and errors. Any goroutine may call it.
func (t *Task) SetName(name string) {
	t.e.mu.Lock()
	defer t.e.mu.Unlock()
	t.name = name
}

// Done returns a channel that is closed when the task has ended. Any goroutine may call it.
func (t *Task) Done() <-chan struct{} {
	t.e.mu.Lock()
	defer t.e.mu.Unlock()
	if t.done == nil {
		t.done = make(chan struct{})
		if t.state == Ended {
			close(t.done)
		}
	}
	return t.done
}

// settle tells the engine what the task's own priority is. The lock is held.
func (t *Task) settle() {
	if p := int32(max(t.Base(), t.ceiling, t.age)); p != t.node.Base() {
		t.e.engine.SetBase(&t.node, p)
	}
}

// settleCeilings tells the engine of the ceilings that t holds. It comes wherever t may lose its slot;
// until then only t would act on them. The lock is held.
func (t *Task) settleCeilings() {
	c := lowest
	if inner := t.innermost(); inner != nil {
		c = inner.reach
	}
	if c != t.ceiling {
		t.ceiling = c
		t.settle()
	}
}
