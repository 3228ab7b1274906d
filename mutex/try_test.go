//go:build !interlock_off

//lint:file-ignore SA2001 what is tried is locking, not what is locked

package mutex_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

// trying makes a lock whose Lock is a TryLock that must succeed.
type trying struct {
	*mutex.Mutex
}

func (l trying) Lock() {
	if !l.TryLock() {
		panic("TryLock failed")
	}
}

// tryReading is trying for reading.
type tryReading struct {
	*mutex.RWMutex
}

func (l tryReading) Lock() {
	if !l.TryRLock() {
		panic("TryRLock failed")
	}
}

func (l tryReading) Unlock() { l.RUnlock() }

func TestTry(t *testing.T) {
	try := func(m *mutex.Mutex) sync.Locker { return trying{m} }
	tryRead := func(rw *mutex.RWMutex) sync.Locker { return tryReading{rw} }
	play(t, []scenario{
		{"both inner", nothing, func(l *locks) parts {
			return parts{nesting(&l.a, try(&l.b)), nesting(&l.b, try(&l.a))}
		}},
		{"one inner", nothing, func(l *locks) parts {
			return parts{nesting(&l.a, &l.b), nesting(&l.b, try(&l.a))}
		}},
		{"outer on both sides", lockorder.Potential, func(l *locks) parts {
			return parts{nesting(try(&l.a), &l.b), nesting(try(&l.b), &l.a)}
		}},
		{"outer on both sides, one order", nothing, func(l *locks) parts {
			return parts{nesting(try(&l.a), &l.b), nesting(try(&l.a), &l.b)}
		}},
		{"outer for reading, inner for writing", lockorder.Potential, func(l *locks) parts {
			return parts{nesting(tryRead(&l.ra), &l.b), nesting(&l.b, &l.ra)}
		}},
		{"inner for reading", nothing, func(l *locks) parts {
			return parts{nesting(&l.ra, &l.b), nesting(&l.b, tryRead(&l.ra))}
		}},
		{"in the middle of three", lockorder.Potential, func(l *locks) parts {
			return parts{nesting(&l.a, try(&l.b), &l.c), nesting(&l.c, &l.a)}
		}},
		{"in the middle of three, what is tried for is in no order", nothing, func(l *locks) parts {
			return parts{nesting(&l.a, try(&l.b), &l.c), nesting(&l.b, &l.a)}
		}},
	})
}

func TestTryOfALockHeld(t *testing.T) {
	w := detect(t)
	var m mutex.Mutex
	var rw mutex.RWMutex
	elsewhere(func() {
		m.Lock()
		rw.RLock()
		if m.TryLock() || rw.TryLock() || !rw.TryRLock() {
			panic("wrong")
		}
		rw.RUnlock()
		rw.RUnlock()
		rw.Lock()
		if rw.TryRLock() || rw.TryLock() {
			panic("wrong")
		}
		rw.Unlock()
		m.Unlock()
	})
	w.Want(nothing)
	require.True(t, m.TryLock())
	m.Unlock()
}

// A TryLock that fails must not touch what is known of the holder.
func TestFailedTryLeavesTheHolderAlone(t *testing.T) {
	fail := func(m *mutex.Mutex) {
		elsewhere(func() {
			if m.TryLock() {
				panic("it is held")
			}
		})
	}
	t.Run("later inversion", func(t *testing.T) {
		w := detect(t)
		var a, b mutex.Mutex
		elsewhere(func() {
			a.Lock()
			fail(&a)
			nest(&b)
			fail(&a)
			a.Unlock()
		})
		elsewhere(nesting(&b, &a))
		w.Only(lockorder.Potential)
	})
	t.Run("later double lock", func(t *testing.T) {
		w := detect(t)
		var a mutex.Mutex
		w.stuck(func() { a.Lock(); fail(&a); a.Lock(); a.Unlock() }, a.Unlock)
		w.Only(lockorder.Deadlock)
	})
	t.Run("later ring", func(t *testing.T) {
		w := detect(t)
		ring := newRing(2)
		ring.between = func(i int) { fail(&ring.locks[i]) }
		ring.close(t, w)
		require.Len(t, w.Only(lockorder.Deadlock).Edges, 2)
	})
	t.Run("nothing later", func(t *testing.T) {
		w := detect(t)
		var a, b mutex.Mutex
		inTurn(func() { a.Lock(); fail(&a); nest(&b); a.Unlock() }, nesting(&a, &b))
		w.Want(nothing)
	})
}
