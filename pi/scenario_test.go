package pi_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/pi"
)

// The scenarios of Linux's old rt-tester.

func TestEqualPriorityGivesNoBoostAndIsFIFO(t *testing.T) {
	for first := range 2 {
		inLab(t, many, func(l *lab) {
			var m pi.Mutex
			a, b, c := l.actor(80), l.actor(80), l.actor(80)
			a.locks(&m)
			waiters := []*actor{b, c}
			waiters[first].locks(&m)
			waiters[1-first].locks(&m)
			l.run(80, 80, 80)
			a.unlocks(&m)
			require.Equal(t, pi.Running, waiters[first].state())
			require.Equal(t, pi.Waiting, waiters[1-first].state())
			waiters[first].unlocks(&m)
			require.Equal(t, pi.Running, waiters[1-first].state())
			l.run(80, 80, 80)
			waiters[1-first].unlocks(&m)
		})
	}
}

func TestOwnerIsBoostedUntilItUnlocks(t *testing.T) {
	inLab(t, many, func(l *lab) {
		var m pi.Mutex
		a, b := l.actor(o), l.actor(80)
		a.locks(&m)
		l.run(o, 80)
		b.locks(&m)
		l.run(80, 80)
		a.unlocks(&m)
		l.run(o, 80)
		b.unlocks(&m)
		l.run(o, 80)
	})
}

func TestInterruptedWaiterLeavesNothingBehind(t *testing.T) {
	inLab(t, many, func(l *lab) {
		var m pi.Mutex
		a, b := l.actor(o), l.actor(80)
		ctx, cancel := context.WithCancelCause(context.Background())
		why := errors.New("why")
		a.locks(&m)
		b.locksContext(ctx, &m)
		l.run(80, 80)
		cancel(why)
		b.does(func(*pi.Task) {})
		require.Equal(t, why, b.err)
		l.run(o, 80)
		l.states(pi.Running, pi.Running)
		a.unlocks(&m)
		b.does(func(t *pi.Task) { b.err = nil; m.Lock(t); m.Unlock(t) })
		require.NoError(t, b.err)
		b.locksContext(ctx, &m)
		require.Equal(t, why, b.err, "done on entry")
		a.does(func(task *pi.Task) { require.True(t, m.TryLock(task)); m.Unlock(task) })
	})
}

func TestMostUrgentWaiterIsNext(t *testing.T) {
	inLab(t, many, func(l *lab) {
		var m pi.Mutex
		a, b, c := l.actor(o), l.actor(80), l.actor(81)
		a.locks(&m)
		b.locks(&m)
		l.run(80, 80, 81)
		c.locks(&m)
		l.run(81, 80, 81)
		a.unlocks(&m)
		l.run(o, 80, 81)
		l.states(pi.Running, pi.Waiting, pi.Running)
		c.unlocks(&m)
		l.states(pi.Running, pi.Running, pi.Running)
		b.unlocks(&m)
	})
}

func TestEqualWaiterOfOneOfTwoLocksGivesNoBoost(t *testing.T) {
	inLab(t, many, func(l *lab) {
		var m, n pi.Mutex
		a, b, c := l.actor(o), l.actor(o), l.actor(82)
		a.locks(&m)
		a.locks(&n)
		b.locks(&m)
		l.run(o, o, 82)
		c.locks(&m)
		l.run(82, o, 82)
		a.unlocks(&n)
		l.run(82, o, 82)
		a.unlocks(&m)
		l.run(o, o, 82)
		l.states(pi.Running, pi.Waiting, pi.Running)
		c.unlocks(&m)
		l.states(pi.Running, pi.Running, pi.Running)
		b.unlocks(&m)
	})
}

// Task i holds lock i, and task i+1 waits for it.
func TestChainOfFiveTasksAndFourLocks(t *testing.T) {
	inLab(t, many, func(l *lab) {
		var m [4]pi.Mutex
		var cancel [5]context.CancelFunc
		for i, p := range []pi.Priority{o, 81, 82, 83, 84} {
			a := l.actor(p)
			if i < 4 {
				a.locks(&m[i])
			}
		}
		for i := 1; i < 5; i++ {
			var ctx context.Context
			ctx, cancel[i] = context.WithCancel(context.Background())
			l.actors[i].locksContext(ctx, &m[i-1])
			switch i {
			case 1:
				l.run(81, 81, 82, 83, 84)
			case 2:
				l.run(82, 82, 82, 83, 84)
			case 3:
				l.run(83, 83, 83, 83, 84)
			case 4:
				l.run(84, 84, 84, 84, 84)
			}
		}
		steps := [][]pi.Priority{4: {83, 83, 83, 83, 84}, 3: {82, 82, 82, 83, 84}, 2: {81, 81, 82, 83, 84}, 1: {o, 81, 82, 83, 84}}
		for i := 4; i > 0; i-- {
			cancel[i]()
			l.actors[i].does(func(*pi.Task) {})
			require.ErrorIs(t, l.actors[i].err, context.Canceled)
			l.run(steps[i]...)
		}
		for i := range m {
			l.actors[i].unlocks(&m[i])
		}
	})
}

func TestCrossedLocksAreRefusedAtOnce(t *testing.T) {
	inLab(t, many, func(l *lab) {
		var m, n pi.Mutex
		m.SetName("m")
		a, b := l.actor(80), l.actor(81)
		b.SetName("B")
		a.locks(&m)
		b.locks(&n)
		a.locks(&n)
		b.locksContext(context.Background(), &m)
		require.ErrorIs(t, b.err, pi.ErrDeadlock)
		refused, _ := errors.AsType[*pi.DeadlockError](b.err)
		require.Equal(t, []pi.CycleWait{{2, "B", "m"}, {1, "", "Mutex #2"}}, refused.Cycle)
		require.EqualError(t, b.err, "pi: deadlock: task 2 (B) asks for m, held by task 1 asks for Mutex #2, held by task 2 (B)")
		l.run(80, 81)
		b.does(func(task *pi.Task) {
			require.PanicsWithError(t, b.err.Error(), func() { m.Lock(task) })
		})
		b.unlocks(&n)
		l.run(80, 81)
		a.unlocks(&n)
		a.unlocks(&m)
	})
}

func TestOwnerCannotLockAgain(t *testing.T) {
	inLab(t, many, func(l *lab) {
		var m pi.Mutex
		a, b := l.actor(o), l.actor(1)
		a.locks(&m)
		a.locksContext(context.Background(), &m)
		require.ErrorIs(t, a.err, pi.ErrDeadlock)
		require.Empty(t, l.e.Snapshot().Tasks[0].Lends, "back on the fast path")
		b.does(func(task *pi.Task) { require.False(t, m.TryLock(task)) })
		l.run(o, 1)
		a.unlocks(&m)
		b.does(func(task *pi.Task) { require.True(t, m.TryLock(task)); m.Unlock(task) })
	})
}
