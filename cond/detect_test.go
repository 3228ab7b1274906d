//go:build !interlock_off

package cond_test

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/cond"
	"github.com/interlock-go/interlock/internal/reported"
	"github.com/interlock-go/interlock/internal/wakers"
	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

func TestWaitWithoutHoldingOurLockPanics(t *testing.T) {
	var m mutex.Mutex
	var rw, readers mutex.RWMutex
	for _, c := range []*cond.Cond{cond.New(&m), cond.New(&rw), cond.New(readers.RLocker())} {
		require.PanicsWithValue(t, "cond: wait without holding L", c.Wait)
		done := make(chan struct{})
		go func() { defer close(done); c.L.Lock() }()
		<-done
		require.PanicsWithValue(t, "cond: wait without holding L", c.Wait, "somebody else holds it")
		c.L.Unlock()
		require.Zero(t, c.Waiting())
	}
}

func TestOurLocksAreHeldAgainAfterTheWait(t *testing.T) {
	for _, twin := range []bool{false, true} {
		w := reported.During(t)
		var m, other mutex.Mutex
		c := cond.New(&m)
		var wg sync.WaitGroup
		wg.Go(func() {
			if twin {
				other.Lock()
				defer other.Unlock()
			}
			m.Lock()
			defer m.Unlock()
			c.Wait()
			mutex.AssertHeld(&m)
		})
		await(c, 1)
		c.Signal()
		wg.Wait()
		hazards := w.Of(lockorder.Hazard)
		if !twin {
			require.Empty(t, hazards, "L does not count")
			continue
		}
		require.Len(t, hazards, 1)
		require.Equal(t, lockorder.KindWaitHolding, hazards[0].Kind)
		require.Equal(t, "Cond", hazards[0].Edges[0].Want.Lock.Type)
		require.Contains(t, hazards[0].Edges[0].Want.Stack[0].File, "detect_test.go")
	}
}

// The only signaller needs the lock that the waiter has kept.
func TestRingThroughACondition(t *testing.T) {
	for _, ring := range []bool{true, false} {
		w := reported.During(t)
		var m, other mutex.Mutex
		c := cond.New(&m)
		registered, signalled, waits := make(chan struct{}), make(chan struct{}), make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() {
			defer c.Signaller()()
			close(registered)
			await(c, 1)
			c.Signal()
			close(signalled)
			<-waits
			if ring {
				pass(&other)
			}
			c.Signal()
		})
		<-registered
		wg.Go(func() {
			other.Lock()
			defer other.Unlock()
			m.Lock()
			defer m.Unlock()
			c.Wait() // so that the next one has a waiter that was used before
			c.Wait()
		})
		<-signalled
		await(c, 1)
		require.Eventually(t, func() bool { return len(lockorder.Snapshot().Waits) == 1 }, patience, time.Millisecond)
		close(waits)
		if ring {
			r, _ := w.Await(lockorder.Deadlock)
			require.Len(t, r.Edges, 2)
			c.Signal() // breaks the ring
		}
		wg.Wait()
		if !ring {
			require.Empty(t, w.Of(lockorder.Deadlock))
		}
	}
}

// Whoever signals without having said so makes nothing certain any more.
func TestUnregisteredSignallerMakesItUncertain(t *testing.T) {
	w := reported.During(t)
	var m, other mutex.Mutex
	c := cond.New(&m)
	registered := make(chan struct{})
	var wg sync.WaitGroup
	held := make(chan struct{})
	wg.Go(func() {
		defer c.Signaller()()
		close(registered)
		<-held
		pass(&other)
	})
	<-registered
	wg.Go(func() {
		await(c, 1)
		c.Signal()
		await(c, 0)
		await(c, 1)
		<-time.After(10 * time.Millisecond) // whoever closes a ring looks a moment after it is queued
		c.Signal()
	})
	m.Lock()
	c.Wait()
	other.Lock()
	close(held)
	require.Eventually(t, func() bool { return len(lockorder.Snapshot().Waits) == 1 }, patience, time.Millisecond)
	c.Wait()
	m.Unlock()
	other.Unlock()
	wg.Wait()
	require.Empty(t, w.Of(lockorder.Deadlock))
}

// A wait that ends by itself is part of no ring.
func TestRingWithAContextIsSilent(t *testing.T) {
	for name, wait := range map[string]func(c *cond.Cond) error{
		"WaitContext": func(c *cond.Cond) error {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
			defer cancel()
			return c.WaitContext(ctx)
		},
		"WaitUntil": func(c *cond.Cond) error { return c.WaitUntil(time.Now().Add(5 * time.Millisecond)) },
	} {
		t.Run(name, func(t *testing.T) {
			w := reported.During(t)
			var m, other mutex.Mutex
			c := cond.New(&m)
			var wg sync.WaitGroup
			registered := make(chan struct{})
			other.Lock()
			wg.Go(func() {
				defer c.Signaller()()
				close(registered)
				pass(&other)
			})
			<-registered
			require.Eventually(t, func() bool { return len(lockorder.Snapshot().Waits) == 1 }, patience, time.Millisecond)
			m.Lock()
			require.ErrorIs(t, wait(c), context.DeadlineExceeded)
			require.ErrorIs(t, wait(c), context.DeadlineExceeded, "with a waiter that was used before")
			m.Unlock()
			other.Unlock()
			wg.Wait()
			require.Empty(t, w.Of(lockorder.Deadlock))
		})
	}
}

// A Cond of ours with a lock of ours works in a bubble, where a parked goroutine has to be durably blocked.
func TestOurLockInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := cond.New(new(mutex.Mutex))
		done := later(c, plain(c))
		require.Empty(t, done)
		c.Signal()
		require.NoError(t, <-done)
	})
}

// pass asks to be let in, and goes.
func pass(m *mutex.Mutex) {
	m.Lock()
	defer m.Unlock()
}

var kindOther = wakers.NewKind("Event")

// What a watched call leaves for the detector to find is gone when it returns: nobody keeps the memory for it.
func TestCallThatHasReturnedIsNotSeen(t *testing.T) {
	reported.During(t)
	var other wakers.Event
	c := cond.New(new(sync.Mutex))
	defer c.Signaller()()
	returned, end := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		c.L.Lock()
		c.Wait()
		c.L.Unlock()
		close(returned)
		<-end
	})
	await(c, 1)
	require.Eventually(t, func() bool { return len(lockorder.Snapshot().Waits) == 1 }, patience, time.Millisecond)
	c.Signal()
	<-returned
	runtime.GC()
	tickets := make([]*wakers.Ticket, 50_000)
	for i := range tickets {
		tickets[i] = other.Ticket(kindOther) // of the running goroutine, which does not wait; some lie where the first one's was
	}
	require.Empty(t, lockorder.Snapshot().Waits)
	runtime.KeepAlive(tickets)
	close(end)
	wg.Wait()
}
