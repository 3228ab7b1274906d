package pi

import "context"

// acquire locks m for t with the executor's lock held; ctx is nil if there is no way out. Its steps:
//
//	[1] refuse what must not wait or lock here
//	[2] take m, if it is free or its owner is gone or has not run since it was granted
//	[3] refuse what would close a cycle
//	[4] leave the slot and wait: the boost runs along the chain before t sleeps
//	[5] sleep until m is granted and t has a slot, or the call gives up
func (m *Mutex) acquire(ctx context.Context, t *Task) error {
	if t == nil {
		panic("pi: Lock with a nil Task")
	}
	e := t.e
	e.mu.Lock()
	m.enter(t, "Lock") // [1]
	if m.capped && t.Base() > m.ceiling {
		e.mu.Unlock()
		return &CeilingError{t.Base(), m.ceiling}
	}
	t.settleCeilings()
	got, err := m.take(e, t) // [2]
	if got {
		m.enterCeiling(t)
		t.settleCeilings()
		e.note(Event{Kind: Acquired, Lock: m.ref()}, t)
		e.schedule()
		e.mu.Unlock()
		return err
	}
	if cycle := e.engine.Cycle(&t.node, &m.lock); cycle != nil { // [3]
		err := newDeadlockError(cycle, m)
		m.left(e)
		e.mu.Unlock()
		return err
	}
	t.arrived = e.engine.Arrive() // [4]
	t.wait.prepare(m)
	e.leaveSlot(t)
	t.state = Waiting
	e.note(Event{Kind: Asked, Lock: m.ref()}, t)
	e.engine.Block(&t.node, &m.lock, t.arrived)
	e.schedule()
	e.mu.Unlock()
	return t.await(ctx, m) // [5]
}

// enter binds m to the executor at its first use and panics, with the lock released, if t must not use it.
func (m *Mutex) enter(t *Task, what string) {
	e := t.e
	t.mustRun(what)
	if m.home.CompareAndSwap(nil, e) {
		m.lock.Client = m
		e.bind(m)
		m.watch.named(m)
		m.word.Store(e.free)
	}
	if m.home.Load() != e {
		e.mu.Unlock()
		panic("pi: " + what + " of a Mutex of another Executor")
	}
}

// take locks m for t if nobody has it who could use it. Otherwise the owner is entered in
// the engine, so that it can be waited for. The lock is held.
func (m *Mutex) take(e *Executor, t *Task) (got bool, err error) {
	for {
		word := m.word.Load()
		if word == e.free {
			if m.word.CompareAndSwap(word, t.key) {
				return true, nil
			}
			continue
		}
		owner := e.tasks.find(word)
		if owner == nil { // it ended: nobody but us changes the word
			m.word.Store(t.key)
			return true, ErrOwnerExited
		}
		if owner.granted == m && !owner.firm && t.node.Effective() > owner.node.Effective() {
			return true, m.steal(e, owner, t)
		}
		if word&contended != 0 {
			return false, nil
		}
		if m.word.CompareAndSwap(word, word|contended) {
			e.engine.Own(&owner.node, &m.lock)
			return false, nil
		}
	}
}

// steal gives m to t, from a less urgent task that has been granted it but had no slot since. That
// one waits again, in its old place. It is not a wait that could close a cycle: t runs.
func (m *Mutex) steal(e *Executor, from, t *Task) error {
	if m.lock.Owner() != nil {
		e.engine.Disown(&m.lock)
	}
	e.engine.Leave(&from.node)
	m.leaveCeiling(from)
	from.settleCeilings()
	err := from.news()
	from.state, from.granted = Waiting, nil
	e.engine.Own(&t.node, &m.lock)
	m.watch.owner(t)
	from.wait.resumed()
	m.word.Store(t.key | contended)
	e.note(Event{Kind: Stolen, Lock: m.ref()}, from)
	e.engine.Block(&from.node, &m.lock, from.arrived)
	return err
}

// news returns what there is to say about the lock that t was granted, once.
func (t *Task) news() error {
	if !t.orphaned {
		return nil
	}
	t.orphaned = false
	return ErrOwnerExited
}

// pass hands m to the first that waits for it, or frees it. The lock is held, and the engine knows no owner.
func (m *Mutex) pass(e *Executor, orphaned bool) {
	first := m.lock.Queue.First()
	if first == nil {
		m.abandon(e, orphaned)
		return
	}
	t := first.Client.(*Task)
	e.engine.Leave(first)
	if m.lock.Queue.Len() > 0 {
		e.engine.Own(first, &m.lock)
		m.word.Store(t.key | contended)
	} else {
		m.word.Store(t.key)
	}
	m.watch.handed(m, t)
	m.enterCeiling(t)
	t.settleCeilings()
	t.granted, t.orphaned = m, orphaned
	e.note(Event{Kind: Acquired, Lock: m.ref()}, t)
	e.makeReady(t, e.engine.Arrive())
}

// abandon leaves m to whoever asks next. An orphaned one looks as if its last owner still had it, which is over: its word is the key of nobody.
func (m *Mutex) abandon(e *Executor, orphaned bool) {
	if orphaned {
		m.word.Store(e.tasks.key())
		return
	}
	m.word.Store(e.free)
}

// left says that a task has left the queue, or that none has entered it. Without
// waiters the owner goes back to the fast path. The lock is held.
func (m *Mutex) left(e *Executor) {
	if m.lock.Queue.Len() == 0 && m.lock.Owner() != nil {
		e.engine.Disown(&m.lock)
		m.word.Store(m.word.Load() &^ contended)
	}
}

func (m *Mutex) tryLockSlow(t *Task) bool {
	if t == nil {
		panic("pi: TryLock with a nil Task")
	}
	if m.lockCapped(t) {
		return true
	}
	e := t.e
	e.mu.Lock()
	m.enter(t, "TryLock")
	if m.capped && t.Base() > m.ceiling {
		e.mu.Unlock()
		panic(&CeilingError{t.Base(), m.ceiling})
	}
	got := m.word.CompareAndSwap(e.free, t.key)
	if got {
		m.enterCeiling(t)
		t.settleCeilings()
		e.note(Event{Kind: Acquired, Lock: m.ref()}, t)
	}
	e.mu.Unlock()
	return got
}

func (m *Mutex) unlockSlow(t *Task) {
	if t == nil {
		panic("pi: Unlock with a nil Task")
	}
	if !m.unlockCapped(t) {
		m.release(t, false)
		return
	}
	if t.ceiling > lowest || t.due.Load() {
		t.giveWay() // the engine knows of a ceiling, or a task was ready that did not reach it
	}
}

// release unlocks m with the executor's lock held. If it is orphaned, t has not been told, and whoever gets it next is.
func (m *Mutex) release(t *Task, orphaned bool) {
	e := t.e
	e.mu.Lock()
	word := m.word.Load()
	if word&^contended != t.key || t.state == Ended {
		e.mu.Unlock()
		if home := m.home.Load(); home == nil || word == home.free {
			panic("pi: Unlock of an unlocked Mutex")
		}
		panic("pi: Unlock by a Task that does not own the Mutex")
	}
	m.leaveCeiling(t)
	e.note(Event{Kind: Released, Lock: m.ref()}, t)
	if word&contended != 0 {
		e.engine.Disown(&m.lock)
		m.pass(e, orphaned)
	} else {
		m.abandon(e, orphaned)
	}
	t.settleCeilings()
	e.yield(t)
}
