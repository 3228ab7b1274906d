//go:build !interlock_off

package pi_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/reported"
	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
	"github.com/interlock-go/interlock/pi"
)

// ringPatience bounds every wait of these tests; within is how soon a ring must be told.
const (
	ringPatience = 10 * time.Second
	within       = 10 * time.Millisecond
)

func blocked(n int) func() bool {
	return func() bool { return len(lockorder.Snapshot().Waits) == n }
}

// ring has task A hold the pi.Mutex and want the mutex.Mutex that task B holds, which wants the pi.Mutex.
// The call that closes it, B's, has a way out if context is set: then it is refused, else the test unlocks
// for A's goroutine.
func ring(t *testing.T, context bool) (took time.Duration, err error) {
	reports := reported.During(t)
	e := pi.NewExecutor(pi.WithSlots(2))
	var m pi.Mutex
	var x mutex.Mutex
	var both, done sync.WaitGroup
	both.Add(2)
	done.Add(2)
	aWaits := make(chan struct{})
	e.Go(t.Context(), 1, func(_ ctx, a *pi.Task) {
		defer done.Done()
		m.Lock(a)
		both.Done()
		both.Wait()
		a.Block(x.Lock)
		x.Unlock()
		m.Unlock(a)
	})
	var began, ended time.Time
	e.Go(t.Context(), 2, func(_ ctx, b *pi.Task) {
		defer done.Done()
		x.Lock()
		both.Done()
		both.Wait()
		<-aWaits
		began = time.Now()
		if context {
			err = m.LockContext(t.Context(), b)
			ended = time.Now()
			x.Unlock()
			if err == nil {
				m.Unlock(b)
			}
			return
		}
		m.Lock(b)
		m.Unlock(b)
	})
	require.Eventually(t, blocked(1), ringPatience, time.Millisecond)
	close(aWaits)
	if !context {
		var told lockorder.Report
		told, ended = reports.Await(lockorder.Deadlock)
		require.Len(t, told.Edges, 2)
		require.Contains(t, told.String(), "pi.Mutex")
		x.Unlock() // by neither of them: the ring is broken from outside
	}
	done.Wait()
	require.NoError(t, e.Shutdown(t.Context()))
	return ended.Sub(began), err
}

type ctx = context.Context

func TestRingThroughAMutexIsTold(t *testing.T) {
	took := time.Duration(1 << 62)
	for range 5 { // a busy machine may be slow once
		t.Run("", func(t *testing.T) {
			d, _ := ring(t, false)
			took = min(took, d)
		})
		if took <= within {
			return
		}
	}
	require.LessOrEqual(t, took, within)
}

func TestRingThroughAMutexIsRefused(t *testing.T) {
	_, err := ring(t, true)
	var refused *lockorder.DeadlockError
	require.ErrorAs(t, err, &refused)
	require.Len(t, refused.Report.Edges, 2)
}

// The twin: whoever holds the pi.Mutex runs, and whoever waits for it holds another lock.
func TestWaitingWithALockHeldIsNoRing(t *testing.T) {
	reports := reported.During(t)
	e := pi.NewExecutor(pi.WithSlots(2))
	var m pi.Mutex
	var x mutex.Mutex
	var done sync.WaitGroup
	done.Add(2)
	locked, goOn := make(chan struct{}), make(chan struct{})
	e.Go(t.Context(), 1, func(_ ctx, a *pi.Task) {
		defer done.Done()
		m.Lock(a)
		close(locked)
		a.Block(func() { <-goOn })
		m.Unlock(a)
		a.Block(x.Lock) // only now
		x.Unlock()
	})
	e.Go(t.Context(), 2, func(_ ctx, b *pi.Task) {
		defer done.Done()
		b.Block(func() { <-locked })
		x.Lock()
		m.Lock(b)
		m.Unlock(b)
		x.Unlock()
	})
	require.Eventually(t, blocked(1), ringPatience, time.Millisecond)
	close(goOn)
	done.Wait()
	require.NoError(t, e.Shutdown(t.Context()))
	require.Empty(t, reports.Of(lockorder.Deadlock))
}

// B is granted the pi.Mutex, loses it to C before it has a slot, and waits again; C wants what B holds.
func TestRingThroughAStolenMutexIsRefused(t *testing.T) {
	reported.During(t)
	e := pi.NewExecutor(pi.WithSlots(1))
	var m pi.Mutex
	var x mutex.Mutex
	ctx, cancel := context.WithTimeout(t.Context(), ringPatience)
	defer cancel()
	var err error
	waits, stolen := make(chan struct{}), make(chan struct{})
	e.Go(t.Context(), 1, func(_ context.Context, a *pi.Task) {
		m.Lock(a)
		e.Go(t.Context(), 1, func(_ context.Context, b *pi.Task) {
			x.Lock()
			close(waits)
			if err = m.LockContext(ctx, b); err == nil {
				m.Unlock(b)
			}
			x.Unlock()
		})
		a.Block(func() { <-waits })
		m.Unlock(a) // to B, which is no more urgent, and gets no slot
		e.Go(t.Context(), 2, func(_ context.Context, c *pi.Task) {
			m.Lock(c)
			close(stolen)
			c.Block(x.Lock)
			x.Unlock()
			m.Unlock(c)
		})
		a.Checkpoint()
	})
	<-stolen
	require.NoError(t, e.Shutdown(t.Context()))
	var refused *lockorder.DeadlockError
	require.ErrorAs(t, err, &refused)
	require.Len(t, refused.Report.Edges, 2)
}
