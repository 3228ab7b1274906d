package rt_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/pi/rt"
)

func TestMutexExcludes(t *testing.T) {
	c := newCrew(t)
	var m rt.Mutex
	const rounds = 2000
	n := 0 // plain: the race detector watches
	for range 4 {
		c.run(10, func(th *rt.Thread) {
			for i := range rounds {
				_ = m.Lock(th)
				n++
				if i%100 == 0 {
					nap() // others come to wait in the kernel
				}
				m.Unlock(th)
			}
		})
	}
	c.join()
	require.Equal(t, 4*rounds, n)
}

// The race detector does not see the kernel hand a lock over. It must see what the lock guards.
func TestHandOverSynchronizes(t *testing.T) {
	c := newCrew(t)
	var m rt.Mutex
	var got, guarded int
	first, second := make(chan bool, 1), newGate(t)
	c.run(10, func(th *rt.Thread) {
		_ = m.Lock(th)
		first <- true
		second.wait()
		guarded = 1
		m.Unlock(th)
	})
	<-first
	waiter := c.run(20, func(th *rt.Thread) {
		_ = m.Lock(th)
		got = guarded
		m.Unlock(th)
	})
	waits(t, waiter)
	second.open()
	c.join()
	require.Equal(t, 1, got)
}

func TestTryLock(t *testing.T) {
	c := newCrew(t)
	var m rt.Mutex
	_, gate := c.owner(10, &m)
	var taken, free, again bool
	c.run(20, func(th *rt.Thread) { taken = m.TryLock(th) })
	gate.open()
	c.join()
	c.run(20, func(th *rt.Thread) {
		free, again = m.TryLock(th), m.TryLock(th)
		m.Unlock(th)
	})
	c.join()
	require.Equal(t, []bool{false, true, false}, []bool{taken, free, again})
}

// unlocked in any order, the locks of a thread are free afterwards.
func TestUnlockInAnyOrder(t *testing.T) {
	c := newCrew(t)
	for _, order := range [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		var m [3]rt.Mutex
		var free [3]bool
		c.run(10, func(th *rt.Thread) {
			for i := range m {
				_ = m[i].Lock(th)
			}
			for _, i := range order {
				m[i].Unlock(th)
			}
		})
		c.join()
		c.run(10, func(th *rt.Thread) {
			for i := range m {
				free[i] = m[i].TryLock(th)
				m[i].Unlock(th)
			}
		})
		c.join()
		require.Equal(t, [3]bool{true, true, true}, free, order)
	}
}

func TestDeadlineGivesUp(t *testing.T) {
	c := newCrew(t)
	var m rt.Mutex
	owner, gate := c.owner(10, &m)
	var errs [3]error
	var took time.Duration
	var left int // the owner's priority when the last call has given up
	c.run(20, func(th *rt.Thread) {
		errs[0] = m.LockDeadline(th, time.Time{})
		errs[1] = m.LockDeadline(th, time.Now().Add(-time.Second))
		start := time.Now()
		errs[2] = m.LockDeadline(th, start.Add(30*time.Millisecond))
		took, left = time.Since(start), effective(owner)
		gate.open()
	})
	c.join()
	for _, err := range errs {
		require.Equal(t, context.DeadlineExceeded, err)
	}
	require.GreaterOrEqual(t, took, 30*time.Millisecond)
	require.Equal(t, 10, left)
	var free, late error
	c.run(20, func(th *rt.Thread) {
		free = m.LockDeadline(th, time.Time{})
		m.Unlock(th)
		late = m.LockDeadline(th, time.Now().AddDate(5000, 0, 0))
		m.Unlock(th)
	})
	c.join()
	require.NoError(t, errors.Join(free, late))
}

func TestDeadlineGets(t *testing.T) {
	c := newCrew(t)
	var m rt.Mutex
	_, gate := c.owner(10, &m)
	var err error
	waiter := c.run(20, func(th *rt.Thread) {
		if err = m.LockDeadline(th, time.Now().Add(patience)); err == nil {
			m.Unlock(th)
		}
	})
	waits(t, waiter)
	gate.open()
	c.join()
	require.NoError(t, err)
}

func TestContextGivesUp(t *testing.T) {
	c := newCrew(t)
	var m rt.Mutex
	owner, gate := c.owner(10, &m)
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	var err, onEntry error
	waiter := c.run(20, func(th *rt.Thread) {
		err = m.LockContext(ctx, th)
		onEntry = new(rt.Mutex).LockContext(ctx, th)
		gate.open()
	})
	waits(t, waiter)
	runsAt(t, owner, 20)
	cancel(cause)
	c.join()
	require.Equal(t, cause, err)
	require.Equal(t, cause, onEntry)
}

func TestContextGets(t *testing.T) {
	c := newCrew(t)
	for _, ctx := range []context.Context{t.Context(), context.Background()} {
		var m rt.Mutex
		_, gate := c.owner(10, &m)
		err := errors.New("not returned")
		waiter := c.run(20, func(th *rt.Thread) {
			err = m.LockContext(ctx, th)
			m.Unlock(th)
		})
		waits(t, waiter)
		nap() // and another slice
		gate.open()
		c.join()
		require.NoError(t, err)
	}
}
