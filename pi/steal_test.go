package pi_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/pi"
)

// pending has A unlock m, outside its slot, for B, who waits for it, while C has the only slot: B has been
// granted m and has not run.
func pending(t *testing.T, cs pi.Priority, f func(l *lab, m *pi.Mutex, a, b, c *actor, cancel context.CancelFunc)) {
	t.Helper()
	inLab(t, 1, func(l *lab) {
		var m pi.Mutex
		a := l.actor(o)
		a.locks(&m)
		release := make(chan bool)
		a.does(func(t *pi.Task) { t.Block(func() { <-release; m.Unlock(t) }) })
		b := l.actor(80)
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		b.locksContext(ctx, &m)
		c := l.actor(cs)
		l.run(80, 80, cs)
		l.states(pi.Blocked, pi.Waiting, pi.Running)
		release <- true
		c.does(func(*pi.Task) {})
		l.run(o, 80, cs)
		l.states(pi.Ready, pi.Ready, pi.Running)
		f(l, &m, a, b, c, cancel)
	})
}

func TestMoreUrgentTaskStealsFromGranteeThatHasNotRun(t *testing.T) {
	pending(t, 81, func(l *lab, m *pi.Mutex, _, b, c *actor, _ context.CancelFunc) {
		c.locks(m)
		l.states(pi.Ready, pi.Waiting, pi.Running)
		l.run(o, 80, 81)
		c.unlocks(m)
		l.states(pi.Ready, pi.Ready, pi.Running)
		c.end()
		require.NoError(t, b.err)
		l.states(pi.Ready, pi.Running, pi.Ended)
		b.unlocks(m)
	})
}

func TestStolenFromKeepsItsPlace(t *testing.T) {
	pending(t, 81, func(l *lab, m *pi.Mutex, _, b, c *actor, _ context.CancelFunc) {
		c.locks(m)
		d := l.actor(80)
		open := make(chan bool)
		c.does(func(t *pi.Task) { t.Block(func() { <-open }) })
		d.locks(m) // after B
		l.states(pi.Running, pi.Waiting, pi.Blocked, pi.Waiting)
		open <- true
		synctest.Wait()
		l.actors[0].does((*pi.Task).Checkpoint)
		c.unlocks(m)
		c.end()
		l.states(pi.Ready, pi.Running, pi.Ended, pi.Waiting)
		b.unlocks(m)
		b.end()
		l.states(pi.Ready, pi.Ended, pi.Ended, pi.Running)
		d.unlocks(m)
	})
}

// B and D wait, B is granted the lock, and loses it to C: B is still before D.
func TestStolenFromComesBeforeWhoWaitedBehind(t *testing.T) {
	inLab(t, 1, func(l *lab) {
		var m pi.Mutex
		a := l.actor(o)
		a.locks(&m)
		release := make(chan bool)
		a.does(func(t *pi.Task) { t.Block(func() { <-release; m.Unlock(t) }) })
		b, d := l.actor(80), l.actor(80)
		b.locks(&m)
		d.locks(&m)
		c := l.actor(81)
		release <- true
		c.does(func(*pi.Task) {})
		l.states(pi.Ready, pi.Ready, pi.Waiting, pi.Running)
		c.locks(&m)
		l.states(pi.Ready, pi.Waiting, pi.Waiting, pi.Running)
		c.unlocks(&m)
		c.end()
		l.states(pi.Ready, pi.Running, pi.Waiting, pi.Ended)
		b.unlocks(&m)
		b.end()
		d.unlocks(&m)
	})
}

func TestEqualsDoNotSteal(t *testing.T) {
	pending(t, 80, func(l *lab, m *pi.Mutex, _, b, c *actor, _ context.CancelFunc) {
		c.locks(m)
		l.states(pi.Ready, pi.Running, pi.Waiting)
		b.unlocks(m)
		b.end()
		c.unlocks(m)
	})
}

// Grant and cancellation: the grant came first, and is final.
func TestGranteeWhoseContextIsDoneCannotBeStolenFrom(t *testing.T) {
	pending(t, 81, func(l *lab, m *pi.Mutex, _, b, c *actor, cancel context.CancelFunc) {
		cancel()
		c.does(func(*pi.Task) {})
		c.locks(m)
		l.run(o, 81, 81)
		l.states(pi.Ready, pi.Running, pi.Waiting)
		require.NoError(t, b.err)
		b.unlocks(m)
		l.states(pi.Ready, pi.Ready, pi.Running)
		c.unlocks(m)
	})
}

func TestGranteeThatRunsCannotBeStolenFrom(t *testing.T) {
	inLab(t, many, func(l *lab) {
		var m pi.Mutex
		a, b, c := l.actor(o), l.actor(80), l.actor(81)
		a.locks(&m)
		b.locks(&m)
		a.unlocks(&m)
		c.locks(&m)
		l.run(o, 81, 81)
		l.states(pi.Running, pi.Running, pi.Waiting)
		b.unlocks(&m)
		c.unlocks(&m)
	})
}

// A ends with the lock, B is granted it and has no slot, C takes it: C is the one to look after what A left.
func TestThiefIsToldThatTheOwnerHasExited(t *testing.T) {
	inLab(t, 1, func(l *lab) {
		var m pi.Mutex
		a := l.actor(o)
		a.locks(&m)
		open := make(chan bool)
		a.does(func(t *pi.Task) { t.Block(func() { <-open }) })
		b := l.actor(80)
		b.locksContext(context.Background(), &m)
		open <- true
		synctest.Wait()
		c := l.actor(81)
		l.states(pi.Running, pi.Waiting, pi.Ready)
		a.end()
		l.states(pi.Ended, pi.Ready, pi.Running)
		c.locksContext(context.Background(), &m)
		l.states(pi.Ended, pi.Waiting, pi.Running)
		require.Equal(t, pi.ErrOwnerExited, c.err)
		c.unlocks(&m)
		c.end()
		require.NoError(t, b.err, "told once")
		b.unlocks(&m)
	})
}

// The ceiling goes with the lock.
func TestStolenFromLosesTheCeiling(t *testing.T) {
	inLab(t, 1, func(l *lab) {
		m, n := pi.NewCeiling(85), new(pi.Mutex)
		a := l.actor(o)
		a.locks(m)
		release, open := make(chan bool), make(chan bool)
		a.does(func(t *pi.Task) { t.Block(func() { <-release; m.Unlock(t) }) })
		b := l.actor(80)
		b.locks(m)
		c := l.actor(80)
		c.locks(n)
		c.does(func(t *pi.Task) { t.Block(func() { <-open }) })
		d := l.actor(90)
		d.locks(n)
		open <- true
		synctest.Wait()
		release <- true
		synctest.Wait()
		l.states(pi.Ready, pi.Ready, pi.Running, pi.Waiting)
		l.run(o, 85, 90, 90)
		c.locks(m)
		l.run(o, 80, 90, 90)
		c.unlocks(m)
		l.run(o, 85, 90, 90)
		c.unlocks(n)
		d.unlocks(n)
		d.end()
		b.unlocks(m)
		b.end()
		c.end()
	})
}
