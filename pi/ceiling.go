package pi

// NewCeiling returns an unlocked mutex with the immediate ceiling protocol: whoever locks it runs
// at least at priority c until the unlock, whether anybody waits or not. c is the highest base priority of all
// that lock it; a task with a higher one is refused with a [*CeilingError]. With one slot and no
// Block in between, nobody ever finds such a mutex locked.
//
// (Sha, Rajkumar, Lehoczky 1990, in the form of POSIX's PTHREAD_PRIO_PROTECT.)
func NewCeiling(c Priority) *Mutex {
	return &Mutex{capped: true, ceiling: c}
}

// A ceiling matters where t might lose its slot, and t itself decides that. So t keeps a list of
// what it holds, the engine hears of it in settleCeilings, and a free mutex is locked
// without the executor's lock.

// lockCapped is the fast path of a mutex with a ceiling.
func (m *Mutex) lockCapped(t *Task) bool {
	if !m.capped || t == nil || t.Base() > m.ceiling {
		return false
	}
	if !m.word.CompareAndSwap(t.free, t.mine) {
		return false
	}
	m.enterCeiling(t)
	return true
}

// unlockCapped is lockCapped's other half, for the mutex locked last.
func (m *Mutex) unlockCapped(t *Task) bool {
	if t.ceilings != m {
		return false
	}
	outer := m.outer // m is somebody else's from the swap on
	if !m.word.CompareAndSwap(t.mine, t.free) {
		return false
	}
	t.ceilings = outer
	return true
}

// enterCeiling puts m on its owner's list. t runs it, or does not run at all.
func (m *Mutex) enterCeiling(t *Task) {
	if !m.capped {
		return
	}
	m.outer, m.reach = t.ceilings, m.ceiling
	if m.outer != nil {
		m.reach = max(m.reach, m.outer.reach)
	}
	t.ceilings = m
}

// leaveCeiling takes m off its owner's list, wherever it stands.
func (m *Mutex) leaveCeiling(t *Task) {
	if !m.capped {
		return
	}
	var inner []*Mutex
	for at := t.ceilings; at != m; at = at.outer {
		inner = append(inner, at)
	}
	t.ceilings, m.outer = m.outer, nil
	for i := len(inner) - 1; i >= 0; i-- {
		inner[i].enterCeiling(t)
	}
}
