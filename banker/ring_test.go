//go:build !interlock_off

package banker_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/banker"
	"github.com/interlock-go/interlock/internal/reported"
	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

// scene is a job that waits for units with a lock held, and one that holds the units and
// asks for the lock.
type scene struct {
	b              *banker.Banker
	mu             mutex.Mutex
	locked, held   chan bool
	waiter, holder *banker.Job
	got            chan error
}

func newScene(t *testing.T) *scene {
	reported.During(t) // keeps hazards off standard error
	s := &scene{
		b:      open(t, banker.Capacity{"gpu": 2}, banker.WithName("pool")),
		locked: make(chan bool), held: make(chan bool), got: make(chan error, 1),
	}
	s.waiter = register(t, s.b, "waiter", banker.Of("gpu", 2))
	s.holder = register(t, s.b, "holder", banker.Of("gpu", 2))
	return s
}

// waiting blocks until n calls wait.
func waiting(t *testing.T, b *banker.Banker, n int) {
	t.Helper()
	require.Eventually(t, func() bool { return len(b.Snapshot().Waiting) == n }, patience, time.Millisecond)
}

// A holds mu and waits for a gpu; B holds the gpus and asks for mu: the wait ends with the ring.
func TestRingThroughJobAndLock(t *testing.T) {
	s := newScene(t)
	done := make(chan bool)
	go func() {
		defer close(done)
		s.holder.Own()
		_ = s.holder.Acquire(t.Context(), banker.Of("gpu", 1))
		s.held <- true
		<-s.locked
		s.mu.Lock()
		s.holder.Close()
		s.mu.Unlock()
	}()
	<-s.held
	start := make(chan time.Time, 1)
	go func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.waiter.Own()
		start <- time.Now()
		s.locked <- true
		s.got <- s.waiter.Acquire(t.Context(), banker.Of("gpu", 2))
	}()
	at := <-start
	var ring *lockorder.DeadlockError
	select {
	case err := <-s.got:
		require.ErrorAs(t, err, &ring)
	case <-time.After(patience):
		t.Fatal("not found")
	}
	t.Logf("found %v after the lock was taken", time.Since(at))
	require.Equal(t, lockorder.Deadlock, ring.Report.Tier)
	text := ring.Report.String()
	require.Contains(t, text, "pool")
	require.Contains(t, text, "ring_test.go")
	<-done
	s.waiter.Close()
	balanced(t, s.b.Snapshot())
}

// Its twin: the holder does not need the lock.
func TestNoRingIfTheHolderRuns(t *testing.T) {
	s := newScene(t)
	s.holder.Own()
	require.NoError(t, s.holder.Acquire(t.Context(), banker.Of("gpu", 1)))
	go func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.got <- s.waiter.Acquire(t.Context(), banker.Of("gpu", 2))
	}()
	waiting(t, s.b, 1)
	s.holder.Close()
	require.NoError(t, <-s.got)
}

// A third job that could give the unit back keeps it silent, although the ring is there.
func TestNoRingIfAnotherCouldGiveBack(t *testing.T) {
	s := newScene(t)
	require.NoError(t, s.holder.LowerClaim(banker.Of("gpu", 1)))
	third := register(t, s.b, "third", banker.Of("gpu", 1))
	third.Own()
	require.NoError(t, third.Acquire(t.Context(), banker.Of("gpu", 1)))
	done := make(chan bool)
	go func() {
		defer close(done)
		s.holder.Own()
		_ = s.holder.Acquire(t.Context(), banker.Of("gpu", 1))
		s.held <- true
		<-s.locked
		s.mu.Lock()
		s.holder.Close()
		s.mu.Unlock()
	}()
	<-s.held
	go func() {
		s.waiter.Own()
		s.mu.Lock()
		defer s.mu.Unlock()
		s.locked <- true
		s.got <- s.waiter.Acquire(t.Context(), banker.Of("gpu", 1))
	}()
	waiting(t, s.b, 1)
	third.Close()
	require.NoError(t, <-s.got)
	<-done
}

// Nor does a ring show while the holder's goroutine is not vouched for: it may have given
// its job to another.
func TestNoRingThroughJobsOfUnknownGoroutines(t *testing.T) {
	s := newScene(t)
	require.NoError(t, s.holder.Acquire(t.Context(), banker.Of("gpu", 2)))
	go func() {
		s.held <- true
		s.holder.Close()
	}()
	time.AfterFunc(time.Millisecond, func() { <-s.held })
	require.NoError(t, s.waiter.Acquire(within(t), banker.Of("gpu", 2)))
}

// A goroutine that waits for its own job has nobody to wait for.
func TestWaitForOneself(t *testing.T) {
	s := newScene(t)
	s.holder.Own()
	require.NoError(t, s.holder.Acquire(t.Context(), banker.Of("gpu", 2)))
	var ring *lockorder.DeadlockError
	require.ErrorAs(t, s.waiter.Acquire(within(t), banker.Of("gpu", 2)), &ring)
}
