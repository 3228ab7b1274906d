//go:build !interlock_off

package cond

import (
	"sync"
	"sync/atomic"

	"github.com/interlock-go/interlock/internal/callsite"
	"github.com/interlock-go/interlock/internal/engine"
)

// detector is the detector's part of a Cond. It is looked at where a call waits, and where one is woken.
type detector struct{ watch atomic.Pointer[watch] }

// watch is made when a goroutine registers, or is the first to wait with another lock held.
type watch struct {
	event      engine.Condition // the wakers are the signallers
	registered atomic.Bool
}

// ticket is a waiting call as the detector sees it; nil if it need not see it.
type ticket = engine.Waiter

var forCond = engine.NewKind("Cond")

func (d *detector) make() *watch {
	if w := d.watch.Load(); w != nil {
		return w
	}
	d.watch.CompareAndSwap(nil, new(watch))
	return d.watch.Load()
}

func (d *detector) register() (done func()) {
	w := d.make()
	g := engine.Running()
	w.event.Register(g)
	w.registered.Store(true)
	return func() { engine.Emit(w.event.Unregister(g)) }
}

// held tells whether the caller holds l, as far as that can be known.
func (d *detector) held(l sync.Locker) bool { return engine.HoldsLocker(l) }

// prepare returns the ticket of a call that is about to wait. Without signallers no wait is known to be for ever.
func (d *detector) prepare() *ticket {
	w := d.watch.Load()
	if w == nil || !w.registered.Load() {
		return nil
	}
	t := new(ticket)
	t.Prepare(&w.event, forCond, callsite.Outside())
	return t
}

// watching tells whether tickets are wanted.
func (d *detector) watching() bool { return d.watch.Load() != nil }

// block says that the call, which is queued and has let L go, is about to park.
func (d *detector) block(t *ticket) {
	if engine.HoldsAny() {
		engine.Emit(engine.HoldsAndWaits(&d.make().event, forCond, callsite.Outside()))
	}
	if t != nil {
		t.Block()
	}
}

// unblock says that it has been woken or has given up.
func (d *detector) unblock(t *ticket) {
	if t != nil {
		t.Unblock()
	}
}

// wake says that a queued call will be woken by the caller, who holds the Cond's own lock.
func wake(t *ticket) {
	if t != nil {
		t.Woken()
	}
}
