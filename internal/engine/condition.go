package engine

import (
	"sync/atomic"

	"github.com/interlock-go/interlock/internal/quiet"
)

// Condition is what a goroutine waits for when it needs another one to act rather than
// to release: a signal, room in a buffer, units of an allocator, a lock whose owner the
// client knows better than Core does. A primitive embeds one for each thing that can be
// waited for; its zero value is ready. It starts no goroutine and keeps none from being
// collected, and nothing global refers to it.
//
// Its wakers are the goroutines that could end a wait. With no waker known nothing is
// certain, and no deadlock through the condition is ever reported; a wait for it costs
// two stores then. With wakers, a wait is for ever once every one of them waits for ever
// or has finished. So whoever names wakers vouches that there are no others. A wake-up that
// comes from elsewhere withdraws that: see [Waiter.Woken].
//
// How a client uses it, with a queue of its own and a lock that guards the queue:
//
//	wait      w.Prepare(&c, kind, pc)            // before others can see w
//	          lock; queue w; unlock
//	          Emit(HoldsAndWaits(&c, kind, pc))  // if the wait is a hazard with a lock held
//	          w.Block()                          // nothing held; tells a ring by itself
//	          park
//	          w.Unblock()
//
//	cancel    f := w.BlockRefusable(ch)          // instead of Block, if the call can fail
//	          if f == nil { park: woken, ctx.Done or <-ch }
//	          lock; remove w from the queue if it is still there; unlock
//	          r := w.UnblockRefusable()          // f or r: why the call is refused, unless it was woken
//
//	wake      lock; take w off the queue; w.Woken(); unlock; unpark
//
//	hand over lock; take w off the queue; w.Woken(); c.SetWakers(the next owner); unlock; unpark
//
// A wait that can end by itself (a timer, a context) and that cannot be refused is not
// published at all: neither Block nor BlockRefusable is called.
//
// The functions of Condition and Waiter enter quiet sections by themselves. Register,
// SetWakers, Doubt, Prepare and Woken may be called with the client's lock held;
// that lock comes before waiting.mu. The others are called with nothing held.
type Condition struct {
	core   Core
	wakers atomic.Pointer[wakerSet]
	name   string
}

// SetName gives the condition a name for reports. It is called before the condition is used.
//
//go:norace
func (c *Condition) SetName(name string) { c.name = name }

// Register says that g could end a wait, and vouches that nobody does who is not
// registered. To register twice is to register once.
//
//go:norace
func (c *Condition) Register(g Goroutine) {
	quiet.Begin()
	waiting.mu.Lock()
	old := c.wakers.Load()
	if old == nil || !old.has(g) {
		c.wakers.Store(old.with(g))
	}
	waiting.mu.Unlock()
	quiet.End()
}

// Unregister takes g back, and returns the news if that leaves somebody to wait for
// ever. A waker that finishes without it counts as gone too, but nobody looks then: the next who
// blocks does.
//
//go:norace
func (c *Condition) Unregister(g Goroutine) *News {
	quiet.Begin()
	waiting.mu.Lock()
	if old := c.wakers.Load(); old != nil {
		c.wakers.Store(old.without(g))
	}
	waiting.mu.Unlock()
	quiet.End()
	return c.Look()
}

// SetWakers says that the goroutines are all that could end a wait; with none it says that nothing
// is known. It takes back Doubt, and does not look for a ring: a running waker will when it blocks. If none
// of them may be running, call Look.
//
//go:norace
func (c *Condition) SetWakers(all ...Goroutine) {
	quiet.Begin()
	var s *wakerSet
	if len(all) > 0 {
		s = &wakerSet{all: make([]Goroutine, len(all))}
		for i, g := range all {
			s.all[i] = g
		}
	}
	waiting.mu.Lock()
	c.wakers.Store(s)
	waiting.mu.Unlock()
	quiet.End()
}

// Doubt says that others than the registered wakers may end a wait, so that nothing is
// certain from then on. It stays until SetWakers.
//
//go:norace
func (c *Condition) Doubt() {
	quiet.Begin()
	waiting.mu.Lock()
	s := &wakerSet{doubted: true}
	if old := c.wakers.Load(); old != nil {
		s.all = old.all
	}
	c.wakers.Store(s)
	waiting.mu.Unlock()
	quiet.End()
}

// Acted says that the running goroutine has done what ends waits for the condition. If it is
// none of the wakers although there are some, nothing is certain any more.
//
//go:norace
func (c *Condition) Acted() {
	if s := c.certain(); s != nil && !s.has(Running()) {
		c.Doubt()
	}
}
