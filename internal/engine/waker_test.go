//go:build !interlock_off

package engine_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/engine"
	"github.com/interlock-go/interlock/internal/goroutine"
	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

// finished starts a goroutine that registers and returns, and waits until it is gone.
func finished(t *testing.T, g *gate) {
	t.Helper()
	var who engine.Goroutine
	done := make(chan struct{})
	go func() { defer close(done); g.guard(); who = engine.Running() }()
	<-done
	if goroutine.Direct {
		require.Eventually(t, who.Gone, patience, time.Millisecond)
	}
}

func needsDirect(t *testing.T) {
	t.Helper()
	if !goroutine.Direct {
		t.Skip("the portable way cannot tell that a goroutine has finished")
	}
}

func TestAllWakersGone(t *testing.T) {
	needsDirect(t)
	w := detect(t)
	var g gate
	finished(t, &g)
	a := newActor(t)
	a.begins(g.pass)
	r := w.deadlock()
	g.open()
	require.Len(t, r.Edges, 1)
	require.Len(t, r.Edges[0].Wakers, 1)
	require.True(t, r.Edges[0].Wakers[0].Gone)
	require.Contains(t, r.Summary, "every goroutine that could end that has finished")
}

// One waker has finished and the other is on the ring.
func TestGoneWakerDoesNotHelp(t *testing.T) {
	needsDirect(t)
	w := detect(t)
	var m mutex.Mutex
	var g gate
	a, b := newActor(t), newActor(t)
	b.does(g.guard)
	finished(t, &g)
	a.does(m.Lock)
	a.begins(func() { g.pass(); m.Unlock() })
	blocked(t, 1)
	w.silent()
	b.begins(func() { m.Lock(); m.Unlock() })
	r := w.deadlock()
	g.open()
	require.Len(t, r.Edges, 2)
}

// Nobody sees the last waker finish; the next one who blocks behind does.
func TestNextWaiterFindsWhatAFinishLeft(t *testing.T) {
	needsDirect(t)
	w := detect(t)
	var m mutex.Mutex
	var g gate
	a, b, c := newActor(t), newActor(t), newActor(t)
	c.does(g.guard)
	a.does(m.Lock)
	a.begins(func() { g.pass(); m.Unlock() })
	blocked(t, 1)
	var who engine.Goroutine
	c.does(func() { who = engine.Running() })
	c.finish()
	require.Eventually(t, who.Gone, patience, time.Millisecond)
	w.silent()
	b.begins(func() { m.Lock(); m.Unlock() })
	r := w.deadlock()
	g.open()
	require.Len(t, r.Edges, 1)
	require.Equal(t, a.id(), r.Edges[0].Goroutine)
}

func TestUnregisterClosesTheRing(t *testing.T) {
	w := detect(t)
	var m mutex.Mutex
	var g gate
	a, b, c := newActor(t), newActor(t), newActor(t)
	b.does(g.guard)
	c.does(g.guard)
	a.does(m.Lock)
	a.begins(func() { g.pass(); m.Unlock() })
	b.begins(func() { m.Lock(); m.Unlock() })
	blocked(t, 2)
	w.silent()
	c.does(func() { engine.Emit(g.cond.Unregister(engine.Running())) })
	r := w.deadlock()
	g.open()
	check(t, r, a, b)
}

// With the last waker nothing is known any more; it is not that nobody could.
func TestUnregisterOfTheLastIsSilent(t *testing.T) {
	w := detect(t)
	var g gate
	a, c := newActor(t), newActor(t)
	c.does(g.guard)
	a.begins(g.pass)
	blocked(t, 1)
	c.does(func() { engine.Emit(g.cond.Unregister(engine.Running())) })
	g.open()
	blocked(t, 0)
	w.silent()
}

// A has been let through but has not run yet when B, who opened, asks for A's lock.
func TestWakeUpUnderWayIsNoRing(t *testing.T) {
	w := detect(t)
	var m mutex.Mutex
	var g gate
	a, b := newActor(t), newActor(t)
	b.does(g.guard)
	a.does(m.Lock)
	held := make(chan struct{})
	a.begins(func() {
		v := g.enter()
		v.wait.Block()
		<-held // it is let through and does not get the processor
		<-v.let
		v.wait.Unblock()
		m.Unlock()
	})
	blocked(t, 1)
	b.does(func() { g.open() })
	b.begins(func() { m.Lock(); m.Unlock() })
	blocked(t, 1)
	w.silent()
	close(held)
	blocked(t, 0)
	w.silent()
}

// A is let through between queueing and Block.
func TestWakeUpBeforeBlockIsNoRing(t *testing.T) {
	w := detect(t)
	var m mutex.Mutex
	var g gate
	a, b := newActor(t), newActor(t)
	b.does(g.guard)
	a.does(m.Lock)
	var v *visitor
	a.does(func() { v = g.enter() })
	b.does(func() { g.open() })
	b.begins(func() { m.Lock(); m.Unlock() })
	blocked(t, 1)
	a.does(func() { v.wait.Block(); <-v.let; v.wait.Unblock(); m.Unlock() })
	blocked(t, 0)
	w.silent()
}

// The client knows the owner, and hands over: B owns, A waits with m held, C waits for m and then gets the ownership.
func TestHandOver(t *testing.T) {
	w := detect(t)
	var m mutex.Mutex
	var g gate
	a, b, c := newActor(t), newActor(t), newActor(t)
	owner := func(x *actor) {
		var who engine.Goroutine
		x.does(func() { who = engine.Running() })
		g.cond.SetWakers(who)
	}
	owner(b)
	c.begins(g.pass)
	blocked(t, 1)
	a.does(m.Lock)
	a.begins(func() { g.pass(); m.Unlock() })
	blocked(t, 2)
	b.does(func() { g.open() })
	owner(c)
	blocked(t, 1)
	b.begins(func() { m.Lock(); m.Unlock() })
	blocked(t, 2)
	w.silent()
	c.begins(func() { m.Lock(); m.Unlock() })
	r := w.deadlock()
	g.open()
	require.Equal(t, c.id(), r.Edges[0].Goroutine)
	require.Equal(t, a.id(), r.Edges[1].Goroutine)
	require.Len(t, r.Edges, 2)
}

func TestConditionWaitIsRefusedAtOnce(t *testing.T) {
	w := detect(t)
	var m mutex.Mutex
	var g gate
	a, b := newActor(t), newActor(t)
	b.does(g.guard)
	a.does(m.Lock)
	b.begins(func() { m.Lock(); m.Unlock() })
	blocked(t, 1)
	a.does(func() {
		f, err := g.passContext(t.Context())
		require.NoError(t, err)
		require.NotNil(t, f)
		require.True(t, f.Refused)
		require.Empty(t, g.queue)
		m.Unlock()
	})
	blocked(t, 0)
	w.silent()
}

// A ring that a plain Lock closes is broken at the wait that agreed to it.
func TestWaitingConditionIsRefused(t *testing.T) {
	w := detect(t)
	var m mutex.Mutex
	var g gate
	a, b := newActor(t), newActor(t)
	b.does(g.guard)
	a.does(m.Lock)
	refused := make(chan *engine.Finding, 1)
	a.begins(func() {
		f, _ := g.passContext(t.Context())
		m.Unlock()
		refused <- f
	})
	blocked(t, 1)
	b.does(func() { m.Lock(); m.Unlock() })
	f := <-refused
	require.NotNil(t, f)
	require.True(t, f.Refused)
	w.silent()
}

// So is one that a wait for the condition closes, at a LockContext that waits.
func TestLockContextOnARingWithAConditionIsRefused(t *testing.T) {
	w := detect(t)
	var m mutex.Mutex
	var g gate
	a, b := newActor(t), newActor(t)
	b.does(g.guard)
	a.does(m.Lock)
	refused := make(chan error, 1)
	b.begins(func() {
		refused <- mutex.LockContext(t.Context(), &m)
		g.open()
	})
	blocked(t, 1)
	a.does(func() { g.pass(); m.Unlock() })
	var deadlock *lockorder.DeadlockError
	require.ErrorAs(t, <-refused, &deadlock)
	require.Contains(t, deadlock.Report.Summary, "a wait with a context was refused")
	w.silent()
}

func TestCancelledWaitLeavesNothingBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := detect(t)
		var g gate
		cause := errors.New("lunch")
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, cause)
		defer cancel()
		go g.guard()
		synctest.Wait()
		f, err := g.passContext(ctx)
		if goroutine.Direct {
			require.NotNil(t, f, "the only waker has finished")
		} else {
			require.ErrorIs(t, err, cause)
		}
		require.Empty(t, g.queue)
		require.Empty(t, lockorder.Snapshot().Waits)
		w.silent()
	})
}

// A handler may wait and lock itself, also at the very gate.
func TestHandlerMayWait(t *testing.T) {
	w := detect(t)
	var m, own mutex.Mutex
	var g, other gate
	a, b, helper := newActor(t), newActor(t), newActor(t)
	b.does(g.guard)
	a.does(m.Lock)
	lockorder.SetHandler(func(r lockorder.Report) {
		own.Lock()
		own.Unlock()
		helper.begins(func() {
			for !other.open() {
				runtime.Gosched()
			}
		})
		other.pass()
		w.mu.Lock()
		w.reports = append(w.reports, r)
		w.mu.Unlock()
	})
	b.begins(func() { m.Lock(); m.Unlock() })
	blocked(t, 1)
	a.begins(func() { g.pass(); m.Unlock() })
	w.deadlock()
	blocked(t, 2)
	g.open()
	blocked(t, 0)
	require.Len(t, w.deadlocks(), 1)
}

func TestHazardOfWaitingWithALockHeld(t *testing.T) {
	w := detect(t)
	var m mutex.Mutex
	var g gate
	g.cond.SetName("front gate")
	a := newActor(t)
	a.does(m.Lock)
	for range 3 {
		a.begins(g.pass)
		blocked(t, 1)
		g.open()
		blocked(t, 0)
	}
	a.does(m.Unlock)
	reports := w.taken()
	require.Len(t, reports, 1, "once, however often it recurs")
	r := reports[0]
	require.Equal(t, lockorder.Hazard, r.Tier)
	require.Equal(t, lockorder.KindWaitHolding, r.Kind)
	require.Equal(t, "front gate", r.Edges[0].Want.Lock.Class)
	require.Equal(t, "Gate", r.Edges[0].Want.Lock.Type)
	require.Len(t, r.Edges[0].Held, 1)
	a.begins(g.pass)
	blocked(t, 1)
	g.open()
	blocked(t, 0)
	require.Len(t, w.taken(), 1, "nothing held")
}

// One gate of the package, in two bubbles.
var shared gate

func TestTwoBubblesShareACondition(t *testing.T) {
	for range 2 {
		synctest.Test(t, func(t *testing.T) {
			var all sync.WaitGroup
			shared.guard()
			all.Go(shared.pass)
			synctest.Wait()
			require.True(t, shared.open())
			all.Wait()
			engine.Emit(shared.cond.Unregister(engine.Running()))
		})
	}
}

func TestRingsAreToldSoon(t *testing.T) {
	best := time.Hour
	for range 5 { // the machine may be busy with something else just then
		w := detect(t)
		var m mutex.Mutex
		var g gate
		a, b := newActor(t), newActor(t)
		b.does(g.guard)
		a.does(m.Lock)
		a.begins(func() { g.pass(); m.Unlock() })
		blocked(t, 1)
		for len(w.arrived) > 0 {
			<-w.arrived // the hazard
		}
		asked := make(chan time.Time, 1)
		b.begins(func() { asked <- time.Now(); m.Lock(); m.Unlock() })
		w.deadlock()
		best = min(best, (<-w.arrived).Sub(<-asked))
		g.open()
	}
	require.Less(t, best, 10*time.Millisecond)
}
