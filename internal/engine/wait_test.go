//go:build !interlock_off

//lint:file-ignore SA2001 what is tried is locking, not what is locked

package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

// A waits for a signal with m held; B, who alone could give it, then asks for m.
func TestRingThroughConditionClosedByLock(t *testing.T) {
	w, m, g, a, b := embrace(t)
	a.passes(g)
	blocked(t, 1)
	w.silent()
	b.asks(m)
	r := w.deadlock()
	m.Unlock() // a hand-off, the way out
	b.does(func() { g.open() })
	check(t, r, b, a)
}

// The other way round: B waits for m first, and A's wait for the signal closes the ring.
func TestRingThroughConditionClosedBySignal(t *testing.T) {
	w, m, g, a, b := embrace(t)
	b.asks(m)
	blocked(t, 1)
	w.silent()
	a.passes(g)
	r := w.deadlock()
	m.Unlock()
	b.does(func() { g.open() })
	check(t, r, a, b)
}

// check looks at a ring of the one that closed it and one more, of which one waits at the gate.
func check(t *testing.T, r lockorder.Report, actors ...*actor) {
	t.Helper()
	require.Equal(t, lockorder.KindRing, r.Kind)
	require.Len(t, r.Edges, len(actors))
	require.Empty(t, r.Knot)
	for i, e := range r.Edges {
		require.Equal(t, actors[i].id(), e.Goroutine)
		require.NotEmpty(t, e.Want.Stack)
		next := r.Edges[(i+1)%len(r.Edges)]
		if e.Want.Lock.Type != "Gate" {
			require.Empty(t, e.Wakers)
			require.Equal(t, e.Want.Lock, next.Held[next.Via].Lock)
			continue
		}
		require.Contains(t, e.Want.Stack[0].Func, "engine_test.")
		require.Contains(t, funcs(e.Want.Stack), "newActor", "the whole stack")
		require.Contains(t, e.Wakers, lockorder.Waker{Goroutine: next.Goroutine})
		require.Equal(t, -1, next.Via)
	}
}

func funcs(stack []lockorder.Frame) (all string) {
	for _, f := range stack {
		all += f.Func + "\n"
	}
	return all
}

// Its twin: a second goroutine could give the signal, and runs.
func TestWakerOutsideTheRingKeepsItSilent(t *testing.T) {
	w, m, g, a, b := embrace(t)
	c := newActor(t)
	c.does(g.guard)
	a.passes(g, m.Unlock)
	blocked(t, 1)
	b.asks(m)
	blocked(t, 2)
	c.does(func() { g.open() })
	blocked(t, 0)
	w.silent()
}

// Nobody registered: nothing is certain.
func TestNoWakersNoRing(t *testing.T) {
	w := detect(t)
	var m mutex.Mutex
	var g gate
	a, b := newActor(t), newActor(t)
	a.does(m.Lock)
	a.passes(&g, m.Unlock)
	blocked(t, 1)
	b.asks(&m)
	blocked(t, 2)
	w.ends(t, &g)
}

// A goroutine that was not named opened the gate: who else might?
func TestUnregisteredWakerWithdrawsCertainty(t *testing.T) {
	w, m, g, a, b := embrace(t)
	a.passes(g)
	blocked(t, 1)
	g.open()
	blocked(t, 0)
	a.passes(g, m.Unlock)
	blocked(t, 1)
	b.asks(m)
	blocked(t, 2)
	w.ends(t, g)
}

// Two producers and consumers that wait for each other's signal, with no lock at all.
func TestRingOfTwoConditions(t *testing.T) {
	w := detect(t)
	var full, empty gate
	a, b := newActor(t), newActor(t)
	a.does(empty.guard)
	b.does(full.guard)
	a.passes(&full)
	blocked(t, 1)
	b.passes(&empty)
	r := w.deadlock()
	full.open()
	empty.open()
	check(t, r, b, a)
}

// A waits for the signal with m held, B with n held for m, C, who could give the signal, for n.
func TestRingOfThree(t *testing.T) {
	w := detect(t)
	var m, n mutex.Mutex
	var g gate
	a, b, c := newActor(t), newActor(t), newActor(t)
	c.does(g.guard)
	a.does(m.Lock)
	b.does(n.Lock)
	a.passes(&g, m.Unlock)
	blocked(t, 1)
	b.asks(&m, n.Unlock)
	blocked(t, 2)
	w.silent()
	c.asks(&n)
	r := w.deadlock()
	g.open()
	check(t, r, c, b, a)
}

// Both who could give the signal are lost: one is on the ring, the other beside it.
func TestKnot(t *testing.T) {
	w, m, g, a, b := embrace(t)
	c := newActor(t)
	c.does(g.guard)
	a.passes(g, m.Unlock)
	b.asks(m)
	blocked(t, 2)
	w.silent()
	c.asks(m)
	r := w.deadlock()
	g.open()
	require.Len(t, r.Edges, 2)
	require.Equal(t, c.id(), r.Edges[0].Goroutine)
	require.Equal(t, a.id(), r.Edges[1].Goroutine)
	require.Len(t, r.Knot, 1)
	require.Equal(t, b.id(), r.Knot[0].Goroutine)
	require.NotEmpty(t, r.Knot[0].Want.Stack)
}

// A reader waits for the signal; the one who could give it reads behind a writer that waits for the reader.
func TestRingThroughReadersAndAWaitingWriter(t *testing.T) {
	w := detect(t)
	var rw mutex.RWMutex
	var g gate
	a, b, c := newActor(t), newActor(t), newActor(t)
	c.does(g.guard)
	a.does(rw.RLock)
	a.passes(&g, rw.RUnlock)
	blocked(t, 1)
	b.asks(&rw)
	blocked(t, 2)
	w.silent()
	c.asks(rw.RLocker())
	r := w.deadlock()
	g.open()
	require.Len(t, r.Edges, 3)
	require.Equal(t, []uint64{c.id(), b.id(), a.id()},
		[]uint64{r.Edges[0].Goroutine, r.Edges[1].Goroutine, r.Edges[2].Goroutine})
}

// Its twin: without the writer, the reader gets in.
func TestReadersWithoutAWriterLetTheSignalThrough(t *testing.T) {
	w := detect(t)
	var rw mutex.RWMutex
	var g gate
	a, c := newActor(t), newActor(t)
	c.does(g.guard)
	a.does(rw.RLock)
	a.passes(&g, rw.RUnlock)
	blocked(t, 1)
	c.does(func() { rw.RLock(); g.open(); rw.RUnlock() })
	blocked(t, 0)
	w.silent()
}
