//go:build !interlock_off

//lint:file-ignore SA2001 what is tried is locking, not what is locked

package engine_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/engine"
	"github.com/interlock-go/interlock/internal/goroutine"
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
	a.passes(&g)
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
	w, m, g, a, b := embrace(t)
	finished(t, g)
	a.passes(g, m.Unlock)
	blocked(t, 1)
	w.silent()
	b.asks(m)
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
	a.passes(&g, m.Unlock)
	blocked(t, 1)
	var who engine.Goroutine
	c.does(func() { who = engine.Running() })
	c.finish()
	require.Eventually(t, who.Gone, patience, time.Millisecond)
	w.silent()
	b.asks(&m)
	r := w.deadlock()
	g.open()
	require.Len(t, r.Edges, 1)
	require.Equal(t, a.id(), r.Edges[0].Goroutine)
}

func TestUnregisterClosesTheRing(t *testing.T) {
	w, m, g, a, b := embrace(t)
	c := newActor(t)
	c.does(g.guard)
	a.passes(g, m.Unlock)
	b.asks(m)
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
	a.passes(&g)
	blocked(t, 1)
	c.does(func() { engine.Emit(g.cond.Unregister(engine.Running())) })
	w.ends(t, &g)
}

// A has been let through but has not run yet when B, who opened, asks for A's lock.
func TestWakeUpUnderWayIsNoRing(t *testing.T) {
	w, m, g, a, b := embrace(t)
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
	b.asks(m)
	blocked(t, 1)
	w.silent()
	close(held)
	blocked(t, 0)
	w.silent()
}

// A is let through between queueing and Block.
func TestWakeUpBeforeBlockIsNoRing(t *testing.T) {
	w, m, g, a, b := embrace(t)
	var v *visitor
	a.does(func() { v = g.enter() })
	b.does(func() { g.open() })
	b.asks(m)
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
	c.passes(&g)
	blocked(t, 1)
	a.does(m.Lock)
	a.passes(&g, m.Unlock)
	blocked(t, 2)
	b.does(func() { g.open() })
	owner(c)
	blocked(t, 1)
	b.asks(&m)
	blocked(t, 2)
	w.silent()
	c.asks(&m)
	r := w.deadlock()
	g.open()
	require.Equal(t, c.id(), r.Edges[0].Goroutine)
	require.Equal(t, a.id(), r.Edges[1].Goroutine)
	require.Len(t, r.Edges, 2)
}
