package bbuf

import "context"

// Get takes the oldest item, waiting until there is one. It returns
//
//   - the item and nil. That also holds if ctx ended at the same time: an item is never taken and lost.
//   - [ErrClosed] if the buffer is closed and drained.
//   - ctx's cause if ctx is done on entry, when it takes nothing even if there is something, or ends first.
//
// Get panics if ctx is nil.
func (b *Buffer[T]) Get(ctx context.Context) (v T, err error) {
	b.check()
	if ctx == nil {
		panic("bbuf: nil context")
	}
	if ctx.Err() != nil {
		return v, context.Cause(ctx)
	}
	var ok bool
	if b.oneLock {
		v, ok = b.get1Both(b.put.word.Lock())
	} else {
		v, ok = b.get1(b.get.word.Lock())
	}
	if ok {
		return v, nil
	}
	if b.get.word.Load()&awaited != 0 {
		var one [1]T
		if _, err := b.fetch(one[:]); err != ErrEmpty {
			return one[0], err
		}
		b.guard(b.get).Lock()
	}
	w, waits := b.queueGet(ctx)
	if waits {
		if w.Value.ticket != nil {
			b.block(w, b.get)
		}
		if done := ctx.Done(); done == nil {
			<-w.Ready() // here and not deeper, see resume
		} else {
			err = b.await(ctx, w, b.get)
		}
	}
	v, _, closed := b.resume(w, b.get, waits && err == nil)
	if closed {
		err = ErrClosed
	}
	return v, err
}

// TryGet takes the oldest item if there is one. Else it returns [ErrEmpty], and the buffer was
// empty at some instant during the call, or [ErrClosed] if it is closed and drained.
func (b *Buffer[T]) TryGet() (v T, err error) {
	b.check()
	var ok bool
	if b.oneLock {
		v, ok = b.get1Both(b.put.word.Lock())
	} else {
		v, ok = b.get1(b.get.word.Lock())
	}
	if ok {
		return v, nil
	}
	var one [1]T
	_, err = b.fetch(one[:])
	return one[0], err
}

// GetN takes items into dst and returns how many: as many as there are and dst has room for,
// but at least one, for which it waits. The error is as Get's; with it, n is 0. If dst is empty n is 0 without
// an error. Until GetN returns dst belongs to the buffer.
func (b *Buffer[T]) GetN(ctx context.Context, dst []T) (n int, err error) {
	b.check()
	if ctx == nil {
		panic("bbuf: nil context")
	}
	if ctx.Err() != nil {
		return 0, context.Cause(ctx)
	}
	if len(dst) == 0 {
		return 0, nil
	}
	b.guard(b.get).Lock()
	if n, err = b.fetch(dst); err != ErrEmpty {
		return n, err
	}
	return b.waitN(ctx, b.get, dst)
}

// Drain takes what is in the buffer at one instant and returns it in order, nil if that is nothing. It does not
// wait, and works on a closed buffer as on an open one, where those who wait to put then get their room.
func (b *Buffer[T]) Drain() []T {
	b.check()
	for {
		if dst, all := b.drain(make([]T, b.Len())); all { // memory is not allocated with a lock held
			return dst
		}
	}
}

// drain is Drain into dst. If that is too short, because more came after it was made, it takes nothing and returns false.
func (b *Buffer[T]) drain(dst []T) (taken []T, all bool) {
	t, h := b.lockBoth()
	n := int((t&counts - h) / item)
	all = n <= len(dst)
	if all {
		h, _ = b.pull(t, h, dst)
	}
	b.releaseBoth(t, h, &served[T]{})
	if !all {
		return nil, false
	}
	b.room.Acted()
	if n == 0 {
		return nil, true
	}
	return dst[:n], true
}

// get1 takes an item with two locks, its side locked at h, if that takes no more than an item in the ring. Then it releases
// the side; if it returns false nothing has changed.
func (b *Buffer[T]) get1(h uint64) (v T, ok bool) {
	g := b.get
	if h&awaited != 0 {
		return v, false
	}
	if g.seen == h {
		// Who has both sides locked releases this one first, so what was put may be seen, and taken, before it is counted there.
		seen := b.put.word.Load() & counts
		if int64(seen-h) <= 0 {
			return v, false
		}
		g.seen = seen
	}
	v = b.takeSlot()
	g.word.Unlock(h + item)
	return v, true
}

// get1Both is get1 with the one lock, locked at t.
func (b *Buffer[T]) get1Both(t uint64) (v T, ok bool) {
	p, g := b.put, b.get
	h := g.word.Load()
	if t&counts == h {
		return v, false
	}
	v = b.takeSlot() // there is an item, so nobody waits to get
	w := p.queue.First()
	if w == nil {
		g.word.Set(h + item)
		p.word.Unlock(t)
		return v, true
	}
	if q := &w.Value; q.n+1 == len(q.vs) { // whoever waits brings one item more, and there is one slot
		b.fillSlot(q.vs[q.n])
		q.n++
		p.queue.Remove(w)
		b.putters.pool.Expect(w)
		q.ticket.Served()
		g.word.Set(h + item)
		p.word.Unlock(t + item)
		w.Wake()
	} else {
		b.releaseBoth(t, h+item, &served[T]{})
	}
	b.room.Acted()
	return v, true
}

// takeSlot empties the next slot.
func (b *Buffer[T]) takeSlot() (v T) {
	g := b.get
	slot := &b.slots[g.pos]
	var zero T
	v, *slot = *slot, zero // or the ring would keep alive what is gone
	if g.pos++; g.pos == len(b.slots) {
		g.pos = 0
	}
	return v
}

// fetch takes, with its side locked, as many items as there are, up to len(dst).
func (b *Buffer[T]) fetch(dst []T) (n int, err error) {
	b.unlock(b.get) // the side that puts is locked first
	t, h := b.lockBoth()
	h, n = b.pull(t, h, dst)
	b.releaseBoth(t, h, &served[T]{})
	switch {
	case n > 0:
		b.room.Acted()
		return n, nil
	case t&closed != 0:
		return 0, ErrClosed
	}
	return 0, ErrEmpty
}
