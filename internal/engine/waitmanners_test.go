//go:build !interlock_off

//lint:file-ignore SA2001 what is tried is locking, not what is locked

package engine_test

import (
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/engine"
	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

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
		w.Take(r)
	})
	b.asks(&m)
	blocked(t, 1)
	a.passes(&g, m.Unlock)
	w.deadlock()
	blocked(t, 2)
	g.open()
	blocked(t, 0)
	require.Len(t, w.Of(lockorder.Deadlock), 1)
}

func TestHazardOfWaitingWithALockHeld(t *testing.T) {
	w := detect(t)
	var m mutex.Mutex
	var g gate
	g.cond.SetName("front gate")
	var a *actor
	for range 3 { // goroutines
		a = newActor(t)
		a.does(m.Lock)
		for range 3 {
			a.passes(&g)
			blocked(t, 1)
			g.open()
			blocked(t, 0)
		}
		a.does(m.Unlock)
	}
	reports := w.All()
	require.Len(t, reports, 1, "once, however often it recurs")
	r := reports[0]
	require.Equal(t, lockorder.Hazard, r.Tier)
	require.Equal(t, lockorder.KindWaitHolding, r.Kind)
	require.Equal(t, "front gate", r.Edges[0].Want.Lock.Class)
	require.Equal(t, "Gate", r.Edges[0].Want.Lock.Type)
	require.Len(t, r.Edges[0].Held, 1)
	a.passes(&g)
	blocked(t, 1)
	g.open()
	blocked(t, 0)
	require.Len(t, w.All(), 1, "nothing held")
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
		w, m, g, a, b := embrace(t)
		a.passes(g, m.Unlock)
		blocked(t, 1)
		asked := make(chan time.Time, 1)
		b.begins(func() { asked <- time.Now(); m.Lock(); m.Unlock() })
		_, told := w.Await(lockorder.Deadlock)
		best = min(best, told.Sub(<-asked))
		g.open()
	}
	require.Less(t, best, 10*time.Millisecond)
}
