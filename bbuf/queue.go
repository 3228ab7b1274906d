package bbuf

import (
	"context"

	"github.com/interlock-go/interlock/internal/wakers"
)

// newWaiter returns a waiter, with its side locked before and released after: the rest is not to be done with a lock held.
// A report handler may panic or exit here, where nothing is queued yet; then the pool has a waiter less.
func (b *Buffer[T]) newWaiter(ctx context.Context, s *side[T]) *waiter[T] {
	w := b.crowd(s).pool.Take(!s.queue.Empty())
	b.unlock(s)
	event, kind := b.awaits(s)
	event.Hazard(kind)
	if w == nil {
		w = newWaiter[T]()
	}
	if b.watched() && ctx.Done() == nil {
		w.Value.ticket = event.Ticket(kind)
	}
	return w
}

// awaits returns what calls wait for that wait on a side.
func (b *Buffer[T]) awaits(s *side[T]) (*wakers.Event, wakers.Kind) {
	if s == b.get {
		return &b.items, forItems
	}
	return &b.room, forRoom
}

// watched tells whether the detector wants to see who waits. It wants both sides: one is a part of the other's rings.
func (b *Buffer[T]) watched() bool { return b.room.Watched() || b.items.Watched() }

// silent tells whether a call that waits is nothing to the detector, so that it can be queued with the lock held that it has.
func (b *Buffer[T]) silent() bool { return !b.watched() && !wakers.HoldsAny() }

// queuePut puts v or queues it, with its side locked at t. It reports whether the waiter will be woken.
func (b *Buffer[T]) queuePut(ctx context.Context, t uint64, v T) (w *waiter[T], waits bool) {
	if b.oneLock && t&closed == 0 && b.silent() { // and the ring is full
		if w = b.putters.pool.Take(!b.put.queue.Empty()); w != nil {
			w.Value.one[0] = v
			b.put.queue.Push(w)
			b.put.word.Unlock(t)
			return w, true
		}
	}
	w = b.newWaiter(ctx, b.put)
	w.Value.one[0] = v
	return w, b.join(w, b.put)
}

// queueGet is queuePut for an item to be fetched.
func (b *Buffer[T]) queueGet(ctx context.Context) (w *waiter[T], waits bool) {
	if t := b.put.word.Load(); b.oneLock && t&closed == 0 && b.silent() { // and the ring is empty
		if w = b.getters.pool.Take(!b.get.queue.Empty()); w != nil {
			b.get.queue.Push(w)
			b.put.word.Unlock(t)
			return w, true
		}
	}
	w = b.newWaiter(ctx, b.get)
	return w, b.join(w, b.get)
}

// join does what the call wants or queues w. It reports whether w will be woken.
func (b *Buffer[T]) join(w *waiter[T], s *side[T]) (waits bool) {
	t, h := b.lockBoth()
	p := &w.Value
	if s == b.get {
		h, p.n = b.pull(t, h, p.vs)
		p.closed = p.n == 0 && t&closed != 0
		waits = p.n == 0 && !p.closed
	} else if p.closed = t&closed != 0; !p.closed {
		t, p.n = b.push(t, h, p.vs)
		waits = p.n < len(p.vs)
	}
	if waits {
		s.queue.Push(w)
	} else {
		b.crowd(s).pool.Expect(w)
	}
	acted := p.n > 0
	b.releaseBoth(t, h, &served[T]{})
	if acted {
		b.acted(s)
	}
	return waits
}

// acted says that the running goroutine has put, or got, something.
func (b *Buffer[T]) acted(s *side[T]) {
	if s == b.get {
		b.room.Acted()
	} else {
		b.items.Acted()
	}
}

// resume ends a call that was queued with w, or was to be, and returns how much of what w brought or wanted has been done, and the item
// if it is one.
//
// It is called after the park instead of being around it: the processor guesses where a function returns to from who called it,
// and after a park, when another goroutine has run, it guesses wrong. So the fewer calls there are around a park, the sooner its
// goroutine goes on.
func (b *Buffer[T]) resume(w *waiter[T], s *side[T], woken bool) (v T, n int, closed bool) {
	p := &w.Value
	p.ticket.Unblock()
	v, n, closed = p.one[0], p.n, p.closed
	p.reset()
	w.Return()
	if woken && !b.oneLock {
		b.runs(s)
	}
	return v, n, closed
}

// waitN does what a call for several items has left to do, waiting as often as it must, and returns how much of vs it has done.
func (b *Buffer[T]) waitN(ctx context.Context, s *side[T], vs []T) (n int, err error) {
	b.guard(s).Lock()
	w := b.newWaiter(ctx, s)
	w.Value.vs = vs
	waits := b.join(w, s)
	if waits {
		if w.Value.ticket != nil {
			b.block(w, s)
		}
		err = b.await(ctx, w, s)
	}
	_, n, closed := b.resume(w, s, waits && err == nil)
	if closed {
		err = ErrClosed
	}
	return n, err
}
