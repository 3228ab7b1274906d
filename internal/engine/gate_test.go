//go:build !interlock_off

//lint:file-ignore SA2001 what is tried is locking, not what is locked

package engine_test

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/engine"
	"github.com/interlock-go/interlock/internal/reported"
	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

// patience bounds every wait of these tests. Nothing waits that long unless it is broken.
const patience = 10 * time.Second

var forGate = engine.NewKind("Gate")

// gate is the smallest client: whoever waits is let through, in order, by whoever opens.
type gate struct {
	mu    sync.Mutex
	queue []*visitor
	cond  engine.Condition
}

type visitor struct {
	wait engine.Waiter
	let  chan struct{}
}

// site is where the test calls the function of the gate that calls site, or its caller. Gates and tests are
// one package, so callsite.Outside would look further.
//
//go:noinline
func site(skip int) uintptr {
	var pcs [1]uintptr
	runtime.Callers(skip+3, pcs[:])
	return pcs[0]
}

func (g *gate) enter() *visitor {
	v := &visitor{let: make(chan struct{}, 1)}
	v.wait.Prepare(&g.cond, forGate, site(1))
	g.mu.Lock()
	g.queue = append(g.queue, v)
	g.mu.Unlock()
	return v
}

// leave takes v out of the queue and reports false if it was let through before.
func (g *gate) leave(v *visitor) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.Index(g.queue, v)
	if i >= 0 {
		g.queue = slices.Delete(g.queue, i, i+1)
	}
	return i >= 0
}

//go:noinline
func (g *gate) pass() {
	v := g.enter()
	engine.Emit(engine.HoldsAndWaits(&g.cond, forGate, site(0)))
	v.wait.Block()
	<-v.let
	v.wait.Unblock()
}

// passContext returns the context's cause, or the finding for which it was refused.
//
//go:noinline
func (g *gate) passContext(ctx context.Context) (*engine.Finding, error) {
	v := g.enter()
	refuse := make(chan struct{}, 1)
	refused := v.wait.BlockRefusable(refuse)
	var err error
	if refused == nil {
		select {
		case <-v.let:
		case <-refuse:
		case <-ctx.Done():
			err = context.Cause(ctx)
		}
	}
	passed := !g.leave(v)
	if f := v.wait.UnblockRefusable(); f != nil {
		refused = f
	}
	if passed {
		return nil, nil
	}
	return refused, err
}

// open lets one through and reports whether there was one.
func (g *gate) open() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.queue) == 0 {
		return false
	}
	v := g.queue[0]
	g.queue = g.queue[1:]
	v.wait.Woken()
	v.let <- struct{}{}
	return true
}

func (g *gate) guard() { g.cond.Register(engine.Running()) }

// watch collects what is reported while a test runs.
type watch struct{ *reported.Reports }

func detect(t *testing.T) watch {
	t.Helper()
	return watch{reported.During(t)}
}

// deadlock waits for the one report of a deadlock, hazards aside.
func (w watch) deadlock() lockorder.Report { return w.AwaitOnly(lockorder.Deadlock) }

// silent fails the test if a deadlock was reported.
func (w watch) silent() { w.None(lockorder.Deadlock) }

// ends opens the gate, after which everybody must go on, with no deadlock reported.
func (w watch) ends(t *testing.T, g *gate) {
	t.Helper()
	g.open()
	blocked(t, 0)
	w.silent()
}

// blocked waits until n goroutines are blocked on what the detector knows.
func blocked(t *testing.T, n int) {
	t.Helper()
	require.Eventually(t, func() bool { return len(lockorder.Snapshot().Waits) == n }, patience, time.Millisecond)
}

// actor is a goroutine that does one thing after another when told.
type actor struct {
	do   chan func()
	done sync.WaitGroup
}

func newActor(t *testing.T) *actor {
	a := &actor{do: make(chan func())}
	a.done.Go(func() {
		for f := range a.do {
			f()
		}
	})
	t.Cleanup(a.finish)
	return a
}

// embrace has A hold m, and B be the one who could open g: each has what the other may come to want.
func embrace(t *testing.T) (w watch, m *mutex.Mutex, g *gate, a, b *actor) {
	w, m, g, a, b = detect(t), new(mutex.Mutex), new(gate), newActor(t), newActor(t)
	b.does(g.guard)
	a.does(m.Lock)
	return w, m, g, a, b
}

// does has the actor do f and returns when that is done.
func (a *actor) does(f func()) {
	done := make(chan struct{})
	a.do <- func() { defer close(done); f() }
	<-done
}

// begins has the actor do f, which may block.
func (a *actor) begins(f func()) { a.do <- f }

// passes has the actor wait at the gate and then do the rest.
func (a *actor) passes(g *gate, then ...func()) {
	a.begins(func() {
		g.pass()
		for _, f := range then {
			f()
		}
	})
}

// asks has the actor take the lock, let it go, and then do the rest.
func (a *actor) asks(l sync.Locker, then ...func()) {
	a.begins(func() {
		l.Lock()
		l.Unlock()
		for _, f := range then {
			f()
		}
	})
}

// finish returns when the actor has finished.
func (a *actor) finish() {
	if a.do != nil {
		close(a.do)
		a.do = nil
	}
	a.done.Wait()
}

func (a *actor) id() (id uint64) {
	a.does(func() { id = engine.Running().ID() })
	return id
}

func TestASnapshotTellsWhoCouldEndAWait(t *testing.T) {
	detect(t)
	var g gate
	guard := newActor(t)
	guard.does(g.guard)
	before := engine.Count()
	require.Zero(t, before.Waits)
	visitor := newActor(t)
	visitor.passes(&g)
	blocked(t, 1)
	require.Equal(t, 1, engine.Count().Waits)
	w := lockorder.Snapshot().Waits[0]
	require.Len(t, w.Wakers, 1)
	require.NotEqual(t, w.Goroutine, w.Wakers[0].Goroutine)
	require.Empty(t, w.Holders)
	guard.does(func() { require.True(t, g.open()) })
}
