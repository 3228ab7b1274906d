//go:build !interlock_off

package wakers

import (
	"sync"
	"sync/atomic"

	"github.com/interlock-go/interlock/internal/callsite"
	"github.com/interlock-go/interlock/internal/engine"
)

// Event is what calls wait for, as the detector sees it. Its zero value is ready and takes one word, and it stays at
// that until a goroutine registers, or one waits with a lock held.
type Event struct{ watch atomic.Pointer[watch] }

type watch struct {
	condition  engine.Condition
	registered atomic.Bool
}

// Kind is what reports call an event.
type Kind = engine.Waiting

// NewKind returns the kind with a name. It is called while packages are initialized.
func NewKind(name string) Kind { return engine.NewKind(name) }

func (e *Event) make() *watch {
	if w := e.watch.Load(); w != nil {
		return w
	}
	e.watch.CompareAndSwap(nil, new(watch))
	return e.watch.Load()
}

// Register says that the running goroutine is a waker, and vouches that nobody is who does not say so. done takes it back.
func (e *Event) Register() (done func()) {
	w := e.make()
	g := engine.Running()
	w.condition.Register(g)
	w.registered.Store(true)
	return func() { engine.Emit(w.condition.Unregister(g)) }
}

// Watched tells whether somebody has registered. Else no wait is known to be for ever, and none needs a ticket.
func (e *Event) Watched() bool {
	w := e.watch.Load()
	return w != nil && w.registered.Load()
}

// Acted says that the running goroutine has done what ends waits for e, for whoever was let go by [Ticket.Served].
func (e *Event) Acted() {
	if w := e.watch.Load(); w != nil {
		w.condition.Acted()
	}
}

// HoldsAny tells whether the running goroutine holds a lock of ours, so that Hazard has something to look at. It may be called with a
// lock of the client's held.
func HoldsAny() bool { return engine.HoldsAny() }

// Hazard reports the running goroutine, which is about to wait for e, if it holds a lock. Nothing internal is held.
func (e *Event) Hazard(k Kind) {
	if HoldsAny() {
		engine.Emit(engine.HoldsAndWaits(&e.make().condition, k, callsite.OutsideBoth()))
	}
}

// Holds tells whether the running goroutine holds l, as far as that can be known: of a lock that is not ours it says yes.
func Holds(l sync.Locker) bool { return engine.HoldsLocker(l) }

// Ticket is a call that waits, as the detector sees it. All its methods do nothing to nil, which is a call
// that the detector need not see: it can end by itself, or nobody has registered.
type Ticket struct{ waiter engine.Waiter }

// Ticket returns that of a call which is about to wait. It comes before anybody can find the call.
func (e *Event) Ticket(k Kind) *Ticket {
	t := new(Ticket)
	t.waiter.Prepare(&e.make().condition, k, callsite.OutsideBoth())
	return t
}

// Block says that the call, which is queued, is about to park, and reports the ring that this closes. Nothing internal is held.
func (t *Ticket) Block() {
	if t != nil {
		t.waiter.Block()
	}
}

// Unblock says that it has been woken or has given up.
func (t *Ticket) Unblock() {
	if t != nil {
		t.waiter.Unblock()
	}
}

// Woken says that the running goroutine wakes the call. The lock of its queue is held, and nobody else knows yet.
func (t *Ticket) Woken() {
	if t != nil {
		t.waiter.Woken()
	}
}

// Served is Woken by somebody who passes on what another one did. That one says [Event.Acted].
func (t *Ticket) Served() {
	if t != nil {
		t.waiter.Served()
	}
}
