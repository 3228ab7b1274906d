package pi_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/pi"
)

func (a *actor) acquires(ctx context.Context, s *pi.Semaphore, n int64) {
	a.does(func(t *pi.Task) { a.err = s.Acquire(ctx, t, n) })
}

func (a *actor) releases(s *pi.Semaphore, n int64) {
	a.does(func(t *pi.Task) { s.Release(t, n) })
}

func TestSemaphoreServesTheMostUrgentFirst(t *testing.T) {
	inLab(t, many, func(l *lab) {
		s := pi.NewSemaphore(2)
		holder, a, b, c := l.actor(1), l.actor(2), l.actor(3), l.actor(2)
		holder.acquires(context.Background(), s, 2)
		for _, w := range []*actor{a, b, c} {
			w.acquires(context.Background(), s, 1)
		}
		l.states(pi.Running, pi.Waiting, pi.Waiting, pi.Waiting)
		l.run(1, 2, 3, 2) // units have no owner
		holder.releases(s, 1)
		l.states(pi.Running, pi.Waiting, pi.Running, pi.Waiting)
		b.releases(s, 1)
		l.states(pi.Running, pi.Running, pi.Running, pi.Waiting)
		a.releases(s, 1)
		l.states(pi.Running, pi.Running, pi.Running, pi.Running)
		c.releases(s, 1)
		holder.does(func(task *pi.Task) {
			require.True(t, s.TryAcquire(task, 1))
			require.False(t, s.TryAcquire(task, 1))
		})
		holder.releases(s, 2)
		holder.panics("pi: Release of more than was acquired", func(task *pi.Task) { s.Release(task, 1) })
		holder.panics("pi: Acquire: 3 units of a Semaphore of 2", func(task *pi.Task) { _ = s.Acquire(context.Background(), task, 3) })
	})
}

// A waits for two units, B for one, and there is one. B holds a lock that H asks for: B is
// re-sorted to the front, and served, since one unit is what it needs.
func TestBoostMovesUpInTheSemaphoresQueue(t *testing.T) {
	inLab(t, many, func(l *lab) {
		s := pi.NewSemaphore(2)
		var m pi.Mutex
		holder, a, b, h := l.actor(1), l.actor(5), l.actor(2), l.actor(9)
		b.locks(&m)
		holder.acquires(context.Background(), s, 1)
		a.acquires(context.Background(), s, 2)
		b.acquires(context.Background(), s, 1)
		l.states(pi.Running, pi.Waiting, pi.Waiting, pi.Running)
		h.locks(&m)
		l.run(1, 5, 9, 9)
		l.states(pi.Running, pi.Waiting, pi.Running, pi.Waiting)
		b.unlocks(&m)
		b.releases(s, 1)
		holder.releases(s, 1)
		h.unlocks(&m)
		l.states(pi.Running, pi.Running, pi.Running, pi.Running)
		a.releases(s, 2)
	})
}

func TestWaiterThatGivesUpLetsTheNextOneThrough(t *testing.T) {
	inLab(t, many, func(l *lab) {
		s := pi.NewSemaphore(2)
		holder, a, b := l.actor(1), l.actor(3), l.actor(2)
		holder.acquires(context.Background(), s, 1)
		ctx, cancel := context.WithCancel(context.Background())
		a.acquires(ctx, s, 2)
		b.acquires(context.Background(), s, 1)
		l.states(pi.Running, pi.Waiting, pi.Waiting)
		cancel()
		a.does(func(*pi.Task) {})
		require.ErrorIs(t, a.err, context.Canceled)
		require.NoError(t, b.err)
		l.states(pi.Running, pi.Running, pi.Running)
		b.releases(s, 1)
		holder.releases(s, 1)
	})
}
