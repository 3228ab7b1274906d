package pi_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/pi"
)

// panics has a do what panics with want, and requires that a goes on as before.
func (a *actor) panics(want any, f func(*pi.Task)) {
	a.lab.t.Helper()
	var got any
	a.does(func(t *pi.Task) {
		defer func() { got = recover() }()
		f(t)
	})
	require.Equal(a.lab.t, want, got)
	require.Equal(a.lab.t, pi.Running, a.state())
}

func idle(context.Context, *pi.Task) {}

func TestUnlockByWhoDoesNotOwnPanics(t *testing.T) {
	for name, m := range map[string]*pi.Mutex{"inheritance": {}, "ceiling": pi.NewCeiling(9)} {
		t.Run(name, func(t *testing.T) {
			inLab(t, many, func(l *lab) {
				a, b := l.actor(1), l.actor(2)
				a.panics("pi: Unlock of an unlocked Mutex", m.Unlock)
				a.locks(m)
				b.panics("pi: Unlock by a Task that does not own the Mutex", m.Unlock)
				b.locks(m)
				a.unlocks(m)
				a.panics("pi: Unlock by a Task that does not own the Mutex", m.Unlock)
				b.unlocks(m)
				a.panics("pi: Unlock of an unlocked Mutex", m.Unlock)
			})
		})
	}
}

func TestNilTaskPanics(t *testing.T) {
	for name, m := range map[string]*pi.Mutex{"inheritance": {}, "ceiling": pi.NewCeiling(9)} {
		require.PanicsWithValue(t, "pi: Lock with a nil Task", func() { m.Lock(nil) }, name)
		require.PanicsWithValue(t, "pi: TryLock with a nil Task", func() { m.TryLock(nil) }, name)
		require.PanicsWithValue(t, "pi: Unlock with a nil Task", func() { m.Unlock(nil) }, name)
		require.PanicsWithValue(t, "pi: LockContext with a nil Task", func() { _ = m.LockContext(context.Background(), nil) }, name)
	}
	s := pi.NewSemaphore(1)
	require.PanicsWithValue(t, "pi: Acquire with a nil Task", func() { _ = s.Acquire(context.Background(), nil, 1) })
}

func TestSecondExecutorPanics(t *testing.T) {
	inLab(t, many, func(l *lab) {
		inherits, ceiling, s := &pi.Mutex{}, pi.NewCeiling(9), pi.NewSemaphore(1)
		other := &lab{t: t, e: pi.NewExecutor()}
		a, b := l.actor(1), other.actor(1)
		for _, m := range []*pi.Mutex{inherits, ceiling} {
			a.locks(m)
			b.panics("pi: Lock of a Mutex of another Executor", m.Lock)
			b.panics("pi: TryLock of a Mutex of another Executor", func(task *pi.Task) { m.TryLock(task) })
			b.panics("pi: Unlock by a Task that does not own the Mutex", m.Unlock)
			a.unlocks(m)
			b.panics("pi: Lock of a Mutex of another Executor", m.Lock)
		}
		a.does(func(task *pi.Task) { require.True(t, s.TryAcquire(task, 1)); s.Release(task, 1) })
		b.panics("pi: Acquire of a Semaphore of another Executor", func(task *pi.Task) { _ = s.Acquire(context.Background(), task, 1) })
		b.end()
	})
}

func TestNilFunctionOrContextPanics(t *testing.T) {
	inLab(t, many, func(l *lab) {
		var none context.Context
		a, s := l.actor(1), pi.NewSemaphore(1)
		require.PanicsWithValue(t, "pi: Go: nil function", func() { l.e.Go(context.Background(), 1, nil) })
		require.PanicsWithValue(t, "pi: Go: nil context", func() { l.e.Go(none, 1, idle) })
		require.PanicsWithValue(t, "pi: Do: nil context", func() { _ = l.e.Do(none, 1, nil) })
		a.panics("pi: Go: nil function", func(task *pi.Task) { task.Go(context.Background(), nil) })
		a.panics("pi: Acquire: nil context", func(task *pi.Task) { _ = s.Acquire(none, task, 1) })
		a.panics("pi: LockContext: nil context", func(task *pi.Task) { _ = new(pi.Mutex).LockContext(none, task) })
	})
}

// A task of one executor calls another executor, and that one's task the first again: the slot would
// be waited for by whom has it.
func TestDoInsideATaskPanicsAlsoWithAnotherOneBetween(t *testing.T) {
	inLab(t, 1, func(l *lab) {
		other := pi.NewExecutor(pi.WithSlots(1))
		require.NoError(t, l.e.Do(context.Background(), 1, func(ctx context.Context, outer *pi.Task) error {
			return other.Do(ctx, 1, func(ctx context.Context, inner *pi.Task) error {
				found, _ := pi.FromContext(ctx)
				require.Same(t, inner, found)
				require.PanicsWithValue(t, "pi: Do inside a task of the same Executor", func() { _ = l.e.Do(ctx, 1, nil) })
				return nil
			})
		}))
	})
}

func TestEndedTaskPanics(t *testing.T) {
	inLab(t, many, func(l *lab) {
		m, c := &pi.Mutex{}, pi.NewCeiling(9)
		var ended *pi.Task
		a := l.actor(1)
		a.does(func(task *pi.Task) { ended = task; m.Lock(task); m.Unlock(task); c.Lock(task); c.Unlock(task) })
		a.end()
		require.PanicsWithValue(t, "pi: Lock by a Task that has ended", func() { m.Lock(ended) })
		require.PanicsWithValue(t, "pi: Lock by a Task that has ended", func() { c.Lock(ended) })
		require.PanicsWithValue(t, "pi: Block by a Task that has ended", func() { ended.Block(func() {}) })
		require.PanicsWithValue(t, "pi: Unlock of an unlocked Mutex", func() { m.Unlock(ended) })
		<-ended.Done()
	})
}

func TestLockInsideBlockPanics(t *testing.T) {
	inLab(t, many, func(l *lab) {
		var m pi.Mutex
		a := l.actor(1)
		a.locks(&m)
		a.unlocks(&m)
		a.panics("pi: Lock by a Task that does not run", func(task *pi.Task) { task.Block(func() { m.Lock(task) }) })
		a.locks(&m)
		a.unlocks(&m)
	})
}

func TestBaseAboveCeilingIsRefused(t *testing.T) {
	inLab(t, many, func(l *lab) {
		m := pi.NewCeiling(5)
		a, b := l.actor(6), l.actor(5)
		want := &pi.CeilingError{Base: 6, Ceiling: 5}
		a.locksContext(context.Background(), m)
		require.Equal(t, want, a.err)
		require.EqualError(t, a.err, "pi: base priority 6 is above the Mutex's ceiling 5")
		a.panics(want, m.Lock)
		a.panics(want, func(task *pi.Task) { m.TryLock(task) })
		b.locks(m)
		a.panics(want, m.Lock)
		b.unlocks(m)
		a.SetBase(5)
		a.locks(m)
		a.unlocks(m)
	})
}

func TestLocksOfAnExitingTaskPassOn(t *testing.T) {
	inLab(t, many, func(l *lab) {
		var waited, free pi.Mutex
		a, b, c := l.actor(1), l.actor(2), l.actor(3)
		a.locks(&waited)
		a.locks(&free)
		b.locksContext(context.Background(), &waited)
		c.locksContext(context.Background(), &waited)
		l.run(3, 2, 3)
		a.end()
		require.Equal(t, pi.ErrOwnerExited, c.err)
		l.states(pi.Ended, pi.Waiting, pi.Running)
		c.unlocks(&waited)
		require.NoError(t, b.err, "told once")
		b.does(func(task *pi.Task) { require.False(t, free.TryLock(task)) })
		b.panics(pi.ErrOwnerExited, free.Lock)
		b.unlocks(&free)
		b.locksContext(context.Background(), &free)
		require.NoError(t, b.err)
		b.unlocks(&free)
		b.unlocks(&waited)
	})
}

// A task that is inside when the executor is shut down goes on, with children.
func TestChildrenAfterShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := pi.NewExecutor(pi.WithSlots(1))
		var ran int
		parent := e.Go(context.Background(), 1, func(_ context.Context, task *pi.Task) {
			time.Sleep(time.Second)
			task.Go(context.Background(), func(_ context.Context, child *pi.Task) {
				child.Go(context.Background(), func(context.Context, *pi.Task) { ran++ })
				time.Sleep(time.Second)
				ran++
			})
		})
		start := time.Now()
		require.NoError(t, e.Shutdown(context.Background()))
		require.Equal(t, 2, ran)
		require.Equal(t, 2*time.Second, time.Since(start))
		require.PanicsWithValue(t, "pi: Go on an Executor that is shut down", func() { parent.Go(context.Background(), idle) })
	})
}

func TestShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := pi.NewExecutor(pi.WithSlots(1))
		e.Go(context.Background(), 1, func(context.Context, *pi.Task) { time.Sleep(time.Second) })
		queued := e.Go(context.Background(), 2, func(context.Context, *pi.Task) {})
		why := errors.New("why")
		ctx, cancel := context.WithCancelCause(context.Background())
		cancel(why)
		err := e.Shutdown(ctx)
		require.ErrorIs(t, err, why)
		busy, _ := errors.AsType[*pi.BusyError](err)
		require.Len(t, busy.Inside, 2)
		require.Equal(t, pi.TaskState{ID: 2, Base: 2, Effective: 2, State: pi.Ready}, busy.Inside[1])
		require.EqualError(t, err, "pi: 2 tasks have not ended: why")
		require.Equal(t, pi.ErrShutdown, e.Do(context.Background(), 1, func(context.Context, *pi.Task) error { return nil }))
		require.PanicsWithValue(t, "pi: Go on an Executor that is shut down", func() { e.Go(context.Background(), 1, idle) })
		require.NoError(t, e.Shutdown(context.Background()))
		require.NoError(t, e.Shutdown(ctx), "nobody inside")
		<-queued.Done()
	})
}

// However many tasks come and go, the owner of a mutex is known for as long as it lives.
func TestOwnerIsKnownWhileTasksComeAndGo(t *testing.T) {
	inLab(t, many, func(l *lab) {
		var m pi.Mutex
		a := l.actor(1)
		a.locks(&m)
		for range 20 { // more than there are places in the executor's table
			l.actor(1).end()
		}
		b := l.actor(1)
		b.locksContext(context.Background(), &m)
		require.Equal(t, pi.Waiting, b.state())
		a.unlocks(&m)
		require.NoError(t, b.err)
		b.unlocks(&m)
	})
}
