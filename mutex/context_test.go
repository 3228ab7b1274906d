//go:build !interlock_off

package mutex_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

func TestLockContextGivesUpWithTheCause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m mutex.Mutex
		cause := errors.New("lunch")
		elsewhere(m.Lock)
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(cause) })
		require.ErrorIs(t, mutex.LockContext(ctx, &m), cause)
		elsewhere(m.Unlock)
		require.True(t, m.TryLock(), "the call that gave up left nothing behind")
		m.Unlock()
		require.ErrorIs(t, mutex.LockContext(ctx, &m), cause, "done on entry")
	})
}

// elsewhere runs f on another goroutine: a lock that the test held itself could not be waited for.
func elsewhere(f func()) {
	done := make(chan struct{})
	go func() { defer close(done); f() }()
	<-done
}

func TestLockContextIsWokenByUnlock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var rw mutex.RWMutex
		elsewhere(rw.RLock)
		got := make(chan error, 2)
		go func() { got <- mutex.LockContext(t.Context(), &rw) }()
		synctest.Wait()
		require.Empty(t, got)
		rw.RUnlock()
		require.NoError(t, <-got)
		go func() { got <- mutex.RLockContext(t.Context(), &rw) }()
		go func() { got <- mutex.RLockContext(t.Context(), &rw) }()
		synctest.Wait()
		rw.Unlock()
		require.NoError(t, <-got)
		require.NoError(t, <-got)
	})
}

func TestLockContextRefusesToCloseARing(t *testing.T) {
	var a, b mutex.Mutex
	a.Lock()
	locked, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		b.Lock()
		close(locked)
		a.Lock()
		defer a.Unlock()
		defer b.Unlock()
	}()
	<-locked
	err := retry(t, func(ctx context.Context) error { return mutex.LockContext(ctx, &b) })
	var refused *lockorder.DeadlockError
	require.ErrorAs(t, err, &refused)
	require.Len(t, refused.Report.Edges, 2)
	require.True(t, refused.Report.Refused)
	a.Unlock()
	<-done
}

// A ring that an ordinary Lock closes is broken at a LockContext that is already waiting.
func TestWaitingLockContextIsRefused(t *testing.T) {
	var a, b mutex.Mutex
	a.Lock()
	locked, got := make(chan struct{}), make(chan error)
	go func() {
		b.Lock()
		close(locked)
		err := mutex.LockContext(t.Context(), &a)
		b.Unlock()
		got <- err
	}()
	<-locked
	b.Lock()
	defer b.Unlock()
	var refused *lockorder.DeadlockError
	require.ErrorAs(t, <-got, &refused)
	a.Unlock()
}

// retry calls lock until it fails for another reason than that the other goroutine was not blocked yet.
func retry(t *testing.T, lock func(context.Context) error) error {
	for {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		err := lock(ctx)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
	}
}

func TestCancelStormLosesNoLock(t *testing.T) {
	var m mutex.Mutex
	var wg sync.WaitGroup
	held, n := 0, 0
	for i := range 16 {
		wg.Go(func() {
			for j := range 500 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i*j%7)*time.Microsecond)
				if mutex.LockContext(ctx, &m) == nil {
					held++
					if held != 1 {
						n++
					}
					held--
					m.Unlock()
				}
				cancel()
			}
		})
	}
	wg.Wait()
	require.Zero(t, n)
	require.True(t, m.TryLock())
	m.Unlock()
}

func TestLockAllTakesAllOrNone(t *testing.T) {
	var a mutex.Mutex
	var b, c mutex.RWMutex
	var wg sync.WaitGroup
	count := 0
	orders := [][]sync.Locker{{&a, &b, c.RLocker()}, {c.RLocker(), &b, &a}, {&b, &a}, {&a, c.RLocker()}}
	for i := range 8 {
		wg.Go(func() {
			for range 300 {
				unlock, err := mutex.LockAll(t.Context(), orders[i%len(orders)]...)
				if err != nil {
					panic(err)
				}
				count++
				unlock()
			}
		})
	}
	wg.Wait()
	require.Equal(t, 8*300, count)

	elsewhere(b.Lock)
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	_, err := mutex.LockAll(ctx, &a, &b, c.RLocker())
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.True(t, a.TryLock(), "nothing is kept")
	require.True(t, c.TryLock())
	require.PanicsWithValue(t, "mutex: LockAll: the same lock twice", func() { _, _ = mutex.LockAll(t.Context(), &b, b.RLocker()) })
	require.PanicsWithValue(t, "mutex: LockAll: nil lock", func() { _, _ = mutex.LockAll(t.Context(), (*mutex.Mutex)(nil)) })
}

func TestAssertHeld(t *testing.T) {
	var m mutex.Mutex
	var rw mutex.RWMutex
	require.Panics(t, func() { mutex.AssertHeld(&m) })
	m.Lock()
	mutex.AssertHeld(&m)
	m.Unlock()
	rw.RLock()
	mutex.AssertRHeld(&rw)
	require.Panics(t, func() { mutex.AssertHeld(&rw) })
	rw.RUnlock()
	rw.Lock()
	mutex.AssertHeld(&rw)
	mutex.AssertRHeld(&rw)
	rw.Unlock()
	require.Panics(t, func() { mutex.AssertRHeld(&rw) })
}
