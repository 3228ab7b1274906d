//go:build !interlock_off

package bbuf

import (
	"context"
	"sync/atomic"

	"github.com/interlock-go/interlock/internal/callsite"
	"github.com/interlock-go/interlock/internal/engine"
)

// detector is the detector's part of a buffer. It is looked at where a call parks and nowhere else.
type detector struct{ watch atomic.Pointer[watch] }

// watch is made when a goroutine registers, or is the first to wait with a lock held.
type watch struct {
	room, items engine.Condition // what a Put and what a Get waits for; the wakers are the consumers and the producers
	registered  atomic.Bool
}

// ticket is a parked call as the detector sees it; nil if it need not see it.
type ticket = engine.Waiter

var (
	forRoom  = engine.NewKind("Buffer (full)")
	forItems = engine.NewKind("Buffer (empty)")
)

// side tells what is waited for on a side.
func (w *watch) side(putting bool) (*engine.Condition, engine.Waiting) {
	if putting {
		return &w.room, forRoom
	}
	return &w.items, forItems
}

func (d *detector) make() *watch {
	if w := d.watch.Load(); w != nil {
		return w
	}
	d.watch.CompareAndSwap(nil, new(watch))
	return d.watch.Load()
}

// register makes the running goroutine a waker of those who put, or of those who get.
func (d *detector) register(putting bool) (done func()) {
	w := d.make()
	c, _ := w.side(putting)
	g := engine.Running()
	c.Register(g)
	w.registered.Store(true)
	return func() { engine.Emit(c.Unregister(g)) }
}

// prepare returns the ticket of a call that may be about to park. A wait that a context can end is no
// part of a deadlock, and without wakers none is certain.
func (d *detector) prepare(ctx context.Context, putting bool) *ticket {
	w := d.watch.Load()
	if w == nil || !w.registered.Load() || ctx.Done() != nil {
		return nil
	}
	t := new(ticket)
	c, kind := w.side(putting)
	t.Prepare(c, kind, callsite.Outside())
	return t
}

// watching tells whether tickets are wanted.
func (d *detector) watching() bool { return d.watch.Load() != nil }

// block says that the call, which is queued, is about to park.
func (d *detector) block(t *ticket, putting bool) {
	if engine.HoldsAny() {
		c, kind := d.make().side(putting)
		engine.Emit(engine.HoldsAndWaits(c, kind, callsite.Outside()))
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

// serve says that a queued call will be woken. The lock of its side is held.
func serve(t *ticket) {
	if t != nil {
		t.Served()
	}
}

// acted says that the running goroutine has let calls of a side go.
func (d *detector) acted(putting bool) {
	if d.watch.Load() != nil {
		d.actedWatched(putting)
	}
}

// actedWatched is not in acted, which so is inlined.
func (d *detector) actedWatched(putting bool) {
	c, _ := d.watch.Load().side(putting)
	c.Acted()
}
