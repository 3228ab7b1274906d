package bbuf

import (
	"context"

	"github.com/interlock-go/interlock/internal/wakers"
)

// newPut returns a waiter, with its side locked at t before and released after: the rest is not to be done with a lock held.
// A report handler may panic or exit here, where nothing is queued yet; then the pool has a waiter less.
func (b *Buffer[T]) newPut(ctx context.Context, t uint64) *waiter[T] {
	w := b.putPool.Take(!b.put.queue.Empty())
	b.put.word.Unlock(t)
	b.room.Hazard(&forRoom)
	if w == nil {
		w = newWaiter[T]()
	}
	if b.watched() && ctx.Done() == nil {
		w.Value.ticket = b.room.Ticket(&forRoom)
	}
	return w
}

// watched tells whether the detector wants to see who waits. It wants both sides: one is a part of the other's rings.
func (b *Buffer[T]) watched() bool { return b.room.Watched() || b.items.Watched() }

// silent tells whether a call that waits is nothing to the detector, so that it can be queued with the lock held that it has.
func (b *Buffer[T]) silent() bool { return !b.watched() && !wakers.HoldsAny() }

// queuePut puts v or queues it, with its side locked at t. It reports whether the waiter will be woken.
func (b *Buffer[T]) queuePut(ctx context.Context, t uint64, v T) (w *waiter[T], waits bool) {
	if b.oneLock && t&closed == 0 && b.silent() { // so the ring is full
		if w = b.putPool.Take(!b.put.queue.Empty()); w != nil {
			w.Value.one[0] = v
			b.put.queue.Push(w)
			b.put.word.Unlock(t)
			return w, true
		}
	}
	w = b.newPut(ctx, t)
	w.Value.one[0] = v
	return w, b.joinPut(w)
}

// resumePut ends a call that was queued with w, or was to be, and returns how much of what w brought has been put.
//
// It is called after the park instead of being around it: the processor guesses where a function returns to from who called it,
// and after a park, when another goroutine has run, it guesses wrong. So the fewer calls there are around a park, the sooner its
// goroutine goes on.
func (b *Buffer[T]) resumePut(w *waiter[T], woken bool) (n int, closed bool) {
	p := &w.Value
	p.ticket.Unblock()
	n, closed = p.n, p.closed
	p.reset()
	w.Return()
	if woken && !b.oneLock {
		b.putRuns()
	}
	return n, closed
}

// joinPut puts what w brings or queues w. It reports whether w will be woken.
func (b *Buffer[T]) joinPut(w *waiter[T]) (waits bool) {
	t, h := b.lockBoth()
	p := &w.Value
	if p.closed = t&closed != 0; !p.closed {
		if b.put.queue.Empty() || b.putThrottled() {
			t, p.n = b.push(t, h, p.vs)
		}
		waits = p.n < len(p.vs)
	}
	if waits {
		b.put.queue.Push(w)
	} else {
		b.putPool.Expect(w)
	}
	put := p.n > 0
	b.releaseBoth(t, h, &served[T]{})
	if put {
		b.items.Acted()
	}
	return waits
}

// newGet is newPut for the side that gets.
func (b *Buffer[T]) newGet(ctx context.Context, h uint64) *waiter[T] {
	w := b.getPool.Take(!b.get.queue.Empty())
	b.unlockGet(h)
	b.items.Hazard(&forItems)
	if w == nil {
		w = newWaiter[T]()
	}
	if b.watched() && ctx.Done() == nil {
		w.Value.ticket = b.items.Ticket(&forItems)
	}
	return w
}

// queueGet fills a waiter or queues it, with the side that gets locked at h. It reports whether the waiter will be woken.
func (b *Buffer[T]) queueGet(ctx context.Context, h uint64) (w *waiter[T], waits bool) {
	if b.oneLock && b.put.word.Load() == h && b.silent() { // empty and not closed
		if w = b.getPool.Take(!b.get.queue.Empty()); w != nil {
			b.get.queue.Push(w)
			b.put.word.Unlock(h)
			return w, true
		}
	}
	w = b.newGet(ctx, h)
	return w, b.joinGet(w)
}

// resumeGet is resumePut for the side that gets. It returns a single item, or how many there are in vs.
func (b *Buffer[T]) resumeGet(w *waiter[T], woken bool) (v T, n int, closed bool) {
	p := &w.Value
	p.ticket.Unblock()
	v, n, closed = p.one[0], p.n, p.closed
	p.reset()
	w.Return()
	if woken && !b.oneLock {
		b.getRuns()
	}
	return v, n, closed
}

// joinGet fills w or queues it. It reports whether w will be woken.
func (b *Buffer[T]) joinGet(w *waiter[T]) (waits bool) {
	t, h := b.lockBoth()
	p := &w.Value
	if b.get.queue.Empty() || b.getThrottled() {
		h, p.n = b.pull(t, h, p.vs)
		p.closed = p.n == 0 && t&closed != 0
	}
	if waits = p.n == 0 && !p.closed; waits {
		b.get.queue.Push(w)
	} else {
		b.getPool.Expect(w)
	}
	got := p.n > 0
	b.releaseBoth(t, h, &served[T]{})
	if got {
		b.room.Acted()
	}
	return waits
}
