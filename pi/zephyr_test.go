package pi_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/pi"
)

// The scenarios of Zephyr's tests. There the smaller number is the more urgent one, so z turns it round.
func z(p int) pi.Priority { return pi.Priority(-p) }

// locksFor has a wait for m for a time.
func (a *actor) locksFor(m *pi.Mutex, d time.Duration) {
	a.does(func(t *pi.Task) {
		ctx, cancel := context.WithTimeout(context.Background(), d)
		defer cancel()
		if a.err = m.LockContext(ctx, t); a.err == nil {
			m.Unlock(t)
		}
	})
}

func TestTimeoutsAndUnlocksStepByStep(t *testing.T) {
	inLab(t, many, func(l *lab) {
		var m [4]pi.Mutex
		main := l.actor(z(10))
		at := func(p int) { t.Helper(); require.Equal(t, z(p), main.Effective()) }
		waiter := map[int]*actor{}
		for i, p := range []int{9, 8, 7, 5} {
			main.locks(&m[i])
			waiter[p] = l.actor(z(p))
			timeout := time.Hour
			if p == 5 {
				timeout = 5 * time.Second
			}
			waiter[p].locksFor(&m[i], timeout)
			at(p)
			time.Sleep(time.Second)
			synctest.Wait()
		}
		waiter[11], waiter[6] = l.actor(z(11)), l.actor(z(6))
		waiter[11].locksFor(&m[2], 7*time.Second)
		waiter[6].locksFor(&m[3], time.Hour)
		at(5)
		time.Sleep(4 * time.Second) // 5 times out
		synctest.Wait()
		require.ErrorIs(t, waiter[5].err, context.DeadlineExceeded)
		at(6)
		main.unlocks(&m[3])
		require.NoError(t, waiter[6].err)
		at(7)
		time.Sleep(3 * time.Second) // 11 times out: nothing changes
		synctest.Wait()
		require.ErrorIs(t, waiter[11].err, context.DeadlineExceeded)
		at(7)
		main.unlocks(&m[2])
		at(8)
		main.unlocks(&m[1])
		at(9)
		main.unlocks(&m[0])
		at(10)
		for _, p := range []int{9, 8, 7} {
			require.NoError(t, waiter[p].err)
		}
	})
}

func TestFiniteTimeoutInACycleIsRefusedNotWaitedFor(t *testing.T) {
	inLab(t, many, func(l *lab) {
		var m, n pi.Mutex
		a, b := l.actor(z(5)), l.actor(z(6))
		a.locks(&m)
		b.locks(&n)
		a.locksFor(&n, time.Second)
		start := time.Now()
		b.locksFor(&m, time.Second)
		require.ErrorIs(t, b.err, pi.ErrDeadlock)
		require.Zero(t, time.Since(start))
		time.Sleep(time.Second)
		synctest.Wait()
		require.ErrorIs(t, a.err, context.DeadlineExceeded)
		a.unlocks(&m)
		b.unlocks(&n)
	})
}

func TestPartialUnlockKeepsWhatIsLeft(t *testing.T) {
	inLab(t, many, func(l *lab) {
		var m, n pi.Mutex
		owner, a, b := l.actor(z(7)), l.actor(z(1)), l.actor(z(3))
		owner.locks(&m)
		owner.locks(&n)
		a.locks(&m)
		b.locks(&n)
		l.run(z(1), z(1), z(3))
		owner.unlocks(&m)
		l.run(z(3), z(1), z(3))
		owner.unlocks(&n)
		l.run(z(7), z(1), z(3))
		a.unlocks(&m)
		b.unlocks(&n)
	})
}

func TestChainOf18IsBoostedToItsEnd(t *testing.T) {
	inLab(t, many, func(l *lab) {
		const n = 18
		var m [n]pi.Mutex
		for i := range n {
			a := l.actor(z(30 - i))
			a.locks(&m[i])
			if i > 0 {
				a.locks(&m[i-1])
			}
		}
		for _, a := range l.actors {
			require.Equal(t, z(30-n+1), a.Effective())
		}
		for i := range n {
			l.actors[i].unlocks(&m[i])
			if i > 0 {
				l.actors[i].unlocks(&m[i-1])
			}
			require.Equal(t, z(30-i), l.actors[i].Effective())
		}
	})
}

// TB waits for TL's lock with a time-out; TP is between them. Open POSIX: as long as TB waits TP makes
// no progress.
func TestMiddleMakesNoProgressWhileTheUrgentTaskWaits(t *testing.T) {
	for _, protocol := range []pi.Protocol{pi.Inherit, pi.None} {
		synctest.Test(t, func(t *testing.T) {
			e := pi.NewExecutor(pi.WithSlots(1), pi.WithProtocol(protocol))
			var m pi.Mutex
			var stop atomic.Bool
			var progress [2]atomic.Int32
			made := func() [2]int32 { return [2]int32{progress[0].Load(), progress[1].Load()} }
			burn := func(of *atomic.Int32) func(context.Context, *pi.Task) {
				return func(_ context.Context, task *pi.Task) {
					if of == &progress[0] {
						m.Lock(task)
						defer m.Unlock(task)
					}
					for !stop.Load() {
						time.Sleep(time.Millisecond) // in the slot: this is what it works
						of.Add(1)
						task.Checkpoint()
					}
				}
			}
			e.Go(t.Context(), 1, burn(&progress[0])) // TL
			time.Sleep(10*time.Millisecond + time.Microsecond)
			e.Go(t.Context(), 2, burn(&progress[1])) // TP
			time.Sleep(10 * time.Millisecond)
			var before, during [2]int32
			e.Go(t.Context(), 3, func(ctx context.Context, task *pi.Task) { // TB
				before = made()
				ctx, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
				defer cancel()
				require.ErrorIs(t, m.LockContext(ctx, task), context.DeadlineExceeded)
				during = made()
			})
			time.Sleep(100 * time.Millisecond)
			after := made()
			stop.Store(true)
			require.NoError(t, e.Shutdown(t.Context()))
			if protocol == pi.None {
				require.Greater(t, during[1], before[1], "the control must fail")
				return
			}
			require.Equal(t, before[1], during[1])
			require.GreaterOrEqual(t, during[0], before[0]+49)
			require.Greater(t, after[1], during[1])
			require.LessOrEqual(t, after[0], during[0]+1)
		})
	}
}
