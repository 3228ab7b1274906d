package pi

// NewCeiling returns an unlocked mutex with the immediate ceiling protocol: whoever locks it runs
// at least at priority c until the unlock, whether anybody waits or not. c is the highest base priority of all
// that lock it; a task with a higher one is refused with a [*CeilingError]. With one slot and no
// Block in between, nobody ever finds such a mutex locked.
//
// (Sha, Rajkumar, Lehoczky 1990, in the form of POSIX's PTHREAD_PRIO_PROTECT.)
func NewCeiling(c Priority) *Mutex {
	return &Mutex{capped: true, ceiling: c, reach: c}
}

// A ceiling matters where t might lose its slot, and t itself decides that. So t keeps a list of
// what it holds, the engine hears of it in settleCeilings, and a free mutex is locked
// without the executor's lock.
//
// The list is linked by outer and begins in t.ceilings. One that has a single mutex stays when that is unlocked, for
// the store would cost as much as the swap, and the mutex's word tells: see innermost. Locked again it is as it was,
// because a mutex without an outer one reaches up to its own ceiling, whoever had it in between.

// lockCapped is the fast path of a mutex with a ceiling.
func (m *Mutex) lockCapped(t *Task) bool {
	if t != nil && m.capped && t.Base() <= m.ceiling && m.word.CompareAndSwap(t.free, t.mine) {
		if t.ceilings != m || m.outer != nil {
			m.push(t)
		}
		return true
	}
	return false
}

// unlockCapped is lockCapped's other half, for the mutex locked last.
func (m *Mutex) unlockCapped(t *Task) bool {
	if t.ceilings != m || m.word.Load() != t.mine {
		return false
	}
	outer := m.outer // m is somebody else's from the swap on
	if !m.word.CompareAndSwap(t.mine, t.free) {
		return false
	}
	if outer != nil {
		t.ceilings = outer
	}
	return true
}

// innermost returns the mutex with a ceiling that t has locked last, of those it holds, or nil.
func (t *Task) innermost() *Mutex {
	if m := t.ceilings; m != nil && m.word.Load()&^contended == t.key {
		return m
	}
	return nil
}

// enterCeiling puts m on its owner's list. t runs it, or does not run at all.
func (m *Mutex) enterCeiling(t *Task) {
	if m.capped {
		m.push(t)
	}
}

func (m *Mutex) push(t *Task) {
	m.outer, m.reach = t.innermost(), m.ceiling
	if m.outer == m { // left over, and its word says that it is held since it is again
		m.outer = nil
	}
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
	t.ceilings, m.outer, m.reach = m.outer, nil, m.ceiling
	for i := len(inner) - 1; i >= 0; i-- {
		inner[i].push(t)
	}
}
