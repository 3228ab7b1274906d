package pi_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/pi"
)

func TestCheckpointGivesWayToTheMoreUrgentOnly(t *testing.T) {
	inLab(t, 1, func(l *lab) {
		a := l.actor(2)
		b, c := l.actor(2), l.actor(1)
		a.does((*pi.Task).Checkpoint)
		l.states(pi.Running, pi.Ready, pi.Ready)
		d := l.actor(3)
		l.states(pi.Running, pi.Ready, pi.Ready, pi.Ready)
		a.does((*pi.Task).Checkpoint)
		l.states(pi.Ready, pi.Ready, pi.Ready, pi.Running)
		d.end()
		l.states(pi.Running, pi.Ready, pi.Ready, pi.Ended) // before its equals, as it was
		a.SetBase(0)
		a.does((*pi.Task).Checkpoint)
		l.states(pi.Ready, pi.Running, pi.Ready, pi.Ended)
		b.end()
		l.states(pi.Ready, pi.Ended, pi.Running, pi.Ended)
		c.end()
	})
}

func TestBlockLeavesTheSlot(t *testing.T) {
	inLab(t, 1, func(l *lab) {
		a, b := l.actor(2), l.actor(1)
		a.does(func(t *pi.Task) { t.Block(func() { time.Sleep(time.Second) }) })
		l.states(pi.Blocked, pi.Running)
		time.Sleep(time.Second)
		synctest.Wait()
		l.states(pi.Ready, pi.Running)
		b.does((*pi.Task).Checkpoint)
		l.states(pi.Running, pi.Ready)
	})
}

func TestOwnerWhoFallsBackByUnlockingGivesWayAtOnce(t *testing.T) {
	inLab(t, 1, func(l *lab) {
		var m pi.Mutex
		low := l.actor(1)
		low.locks(&m)
		high := l.actor(3)
		low.does((*pi.Task).Checkpoint)
		high.locks(&m)
		l.states(pi.Running, pi.Waiting)
		middle := l.actor(2)
		low.does((*pi.Task).Checkpoint)
		l.states(pi.Running, pi.Waiting, pi.Ready)
		low.unlocks(&m)
		l.states(pi.Ready, pi.Running, pi.Ready)
		high.unlocks(&m)
		high.end()
		l.states(pi.Ready, pi.Ended, pi.Running)
		middle.end()
	})
}

// mark is a key that other packages do not have.
type mark struct{}

func TestDo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := pi.NewExecutor(pi.WithSlots(1))
		why := errors.New("why")
		require.Equal(t, why, e.Do(context.Background(), 7, func(ctx context.Context, task *pi.Task) error {
			found, ok := pi.FromContext(context.WithValue(ctx, mark{}, 1))
			require.True(t, ok)
			require.Same(t, task, found)
			require.Equal(t, pi.Priority(7), task.Base())
			require.PanicsWithValue(t, "pi: Do inside a task of the same Executor", func() { _ = e.Do(ctx, 1, nil) })
			return why
		}))
		_, ok := pi.FromContext(context.Background())
		require.False(t, ok)
		e.Go(context.Background(), 1, func(context.Context, *pi.Task) { time.Sleep(time.Second) })
		ctx, cancel := context.WithTimeoutCause(context.Background(), time.Millisecond, why)
		defer cancel()
		require.Equal(t, why, e.Do(ctx, 9, nil), "it had no slot")
		require.Equal(t, why, e.Do(ctx, 9, nil), "done on entry")
		require.Panics(t, func() {
			_ = e.Do(context.Background(), 9, func(context.Context, *pi.Task) error { panic("x") })
		})
		require.NoError(t, e.Shutdown(context.Background()))
	})
}

// A child of a task that is boosted runs at its parent's base.
func TestChildHasItsParentsBase(t *testing.T) {
	inLab(t, many, func(l *lab) {
		var m pi.Mutex
		a, b := l.actor(1), l.actor(9)
		a.locks(&m)
		b.locks(&m)
		l.run(9, 9)
		a.does(func(task *pi.Task) {
			task.Go(context.Background(), func(_ context.Context, child *pi.Task) {
				require.Equal(t, pi.Priority(1), child.Base())
				require.Equal(t, pi.Priority(1), child.Effective())
			})
		})
		a.unlocks(&m)
		b.unlocks(&m)
	})
}

// A task of priority 1 competes with a stream of tasks of priority 3 that would never leave it a
// slot; it gains one priority in 10 ms.
func TestAgingEndsStarvation(t *testing.T) {
	for _, aging := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			opts := []pi.Option{pi.WithSlots(1)}
			if aging {
				opts = append(opts, pi.WithAging(10*time.Millisecond))
			}
			e := pi.NewExecutor(opts...)
			var stop atomic.Bool
			var stream func(context.Context, *pi.Task)
			stream = func(_ context.Context, task *pi.Task) {
				if stop.Load() {
					return
				}
				task.Go(context.Background(), stream)
				time.Sleep(time.Millisecond)
			}
			e.Go(context.Background(), 3, stream)
			start := time.Now()
			var waited time.Duration
			e.Go(context.Background(), 1, func(_ context.Context, task *pi.Task) {
				waited = time.Since(start)
				if aging {
					require.GreaterOrEqual(t, task.Effective(), pi.Priority(3))
					require.Equal(t, pi.Priority(1), task.Base())
				}
				task.Block(func() {})
				require.Equal(t, pi.Priority(1), task.Base())
			})
			time.Sleep(time.Second)
			stop.Store(true)
			require.NoError(t, e.Shutdown(context.Background()))
			if aging {
				require.InDelta(t, 20*time.Millisecond, waited, float64(2*time.Millisecond))
				return
			}
			require.GreaterOrEqual(t, waited, time.Second, "the control starves")
		})
	}
}

// Nothing but checkpoints happens, and the one that runs is more urgent than the one that waits: still that one's
// age counts.
func TestAgeCountsAtEveryCheckpoint(t *testing.T) {
	inLab(t, 1, func(l *lab) {
		a, b := l.actor(3), l.actor(1)
		for range 29 { // the third priority makes it more urgent, after 30 ms
			time.Sleep(time.Millisecond)
			a.does((*pi.Task).Checkpoint)
			l.states(pi.Running, pi.Ready)
		}
		time.Sleep(time.Millisecond)
		a.does((*pi.Task).Checkpoint)
		l.states(pi.Ready, pi.Running)
		b.end()
	}, pi.WithAging(10*time.Millisecond))
}

// A task outside its slot has nothing to give way with, whether it was due when it left or not.
func TestCheckpointInsideBlockDoesNothing(t *testing.T) {
	inLab(t, 1, func(l *lab) {
		a := l.actor(1)
		l.actor(2)
		a.does(func(task *pi.Task) { task.Block(task.Checkpoint) })
		l.states(pi.Ready, pi.Running)
	})
}

// What a task gained by waiting for a slot is spent when it leaves the slot.
func TestAgeIsSpentWithTheSlot(t *testing.T) {
	inLab(t, 1, func(l *lab) {
		a, b := l.actor(3), l.actor(1)
		time.Sleep(42 * time.Millisecond)
		l.states(pi.Running, pi.Ready)
		a.does((*pi.Task).Checkpoint)
		l.states(pi.Ready, pi.Running)
		l.run(3, 5)
		b.does(func(t *pi.Task) { t.Block(func() {}) })
		l.states(pi.Running, pi.Ready)
		a.end()
		require.Equal(t, pi.Priority(1), b.Effective())
	}, pi.WithAging(10*time.Millisecond))
}

type counter [16]int

func (c *counter) Observe(e pi.Event) { c[e.Kind]++ }

func TestEqualsDoNotPreempt(t *testing.T) {
	var c counter
	inLab(t, 1, func(l *lab) {
		a := l.actor(2)
		l.actor(2)
		a.does((*pi.Task).Checkpoint)
		a.SetBase(2)
		a.does((*pi.Task).Checkpoint)
		l.states(pi.Running, pi.Ready)
	}, pi.WithObserver(&c))
	require.Zero(t, c[pi.Preempted])
}

func TestOptionsRefuseNonsense(t *testing.T) {
	require.Panics(t, func() { pi.WithSlots(0) })
	require.Panics(t, func() { pi.WithAging(0) })
	require.Panics(t, func() { pi.WithAging(2 * time.Hour) })
	require.Panics(t, func() { pi.NewSemaphore(-1) })
}
