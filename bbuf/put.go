package bbuf

import "context"

// Put puts v, waiting until there is room. It returns
//
//   - nil if v was put. That also holds if ctx ended at the same time: an item is never both accepted and refused.
//   - [ErrClosed] if the buffer is or becomes closed first, whatever ctx says.
//   - ctx's cause if ctx is done on entry or ends first.
//
// With an error, v was not put. Put panics if ctx is nil.
func (b *Buffer[T]) Put(ctx context.Context, v T) error {
	b.check()
	if ctx == nil {
		panic("bbuf: nil context")
	}
	if ctx.Err() != nil {
		return b.entry(ctx)
	}
	t := b.put.word.Lock()
	if b.oneLock && b.put1Both(t, v) || !b.oneLock && b.put1(t, v) {
		return nil
	}
	if t&awaited != 0 {
		one := [1]T{v}
		if _, err := b.offer(t, one[:]); err != ErrFull {
			return err
		}
		t = b.put.word.Lock()
	}
	w, waits := b.queuePut(ctx, t, v)
	var err error
	if waits {
		if w.Value.ticket != nil {
			b.block(w, b.put)
		}
		if done := ctx.Done(); done == nil {
			<-w.Ready() // here and not deeper, see resume
		} else {
			err = b.await(ctx, w, b.put)
		}
	}
	_, _, closed := b.resume(w, b.put, waits && err == nil)
	if closed {
		err = ErrClosed
	}
	return err
}

// TryPut puts v if there is room. Else it returns [ErrFull], and the buffer was full at some
// instant during the call, or [ErrClosed].
func (b *Buffer[T]) TryPut(v T) error {
	b.check()
	t := b.put.word.Lock()
	if b.oneLock && b.put1Both(t, v) || !b.oneLock && b.put1(t, v) {
		return nil
	}
	one := [1]T{v}
	_, err := b.offer(t, one[:])
	return err
}

// PutN puts the values of vs in their order, waiting for room as often as it must, and returns how
// many it has put: all of them, or those that come before what the error, which is as Put's, kept out.
// Items of other producers may come in between, as with so many calls of Put. Until PutN returns
// vs belongs to the buffer.
func (b *Buffer[T]) PutN(ctx context.Context, vs []T) (n int, err error) {
	b.check()
	if err := b.entry(ctx); err != nil {
		return 0, err
	}
	n, err = b.offer(b.put.word.Lock(), vs)
	if n == len(vs) || err == ErrClosed {
		return n, err
	}
	m, err := b.waitN(ctx, b.put, vs[n:])
	return n + m, err
}

// put1 puts v with two locks, its side locked at t, if that takes no more than a free slot. Then it
// releases the side; if it returns false nothing has changed.
func (b *Buffer[T]) put1(t uint64, v T) bool {
	p := b.put
	if t&(closed|awaited) != 0 {
		return false
	}
	if t-p.seen >= b.limit {
		if p.seen = b.get.word.Load() & counts; t-p.seen >= b.limit {
			return false
		}
	}
	b.fillSlot(v)
	p.word.Unlock(t + item)
	return true
}

// put1Both is put1 with one lock. Somebody who waits for v does as well.
func (b *Buffer[T]) put1Both(t uint64, v T) bool {
	p, g := b.put, b.get
	if t&closed != 0 {
		return false
	}
	if g.queue.Empty() {
		if t-g.word.Load() >= b.limit {
			return false
		}
		b.fillSlot(v) // there is room, so nobody waits to put
		p.word.Unlock(t + item)
		return true
	}
	w := g.queue.Pop() // so the ring is empty
	b.getters.pool.Expect(w)
	w.Value.vs[0], w.Value.n = v, 1
	w.Value.ticket.Served()
	p.word.Unlock(t)
	w.Wake()
	b.items.Acted()
	return true
}

// fillSlot fills the next slot.
func (b *Buffer[T]) fillSlot(v T) {
	p := b.put
	b.slots[p.pos] = v
	if p.pos++; p.pos == len(b.slots) {
		p.pos = 0
	}
}

// entry returns why a call must not begin. Of a closed buffer and a context that is done, the buffer counts.
func (b *Buffer[T]) entry(ctx context.Context) error {
	if ctx == nil {
		panic("bbuf: nil context")
	}
	switch {
	case ctx.Err() == nil:
		return nil
	case b.Closed():
		return ErrClosed
	}
	return context.Cause(ctx)
}

// offer puts, with its side locked at t, as much of vs as there is room for.
func (b *Buffer[T]) offer(t uint64, vs []T) (n int, err error) {
	if t&closed != 0 {
		b.put.word.Unlock(t)
		return 0, ErrClosed
	}
	t, h := b.lockGetToo(t)
	t, n = b.push(t, h, vs)
	b.releaseBoth(t, h, &served[T]{})
	if n > 0 {
		b.items.Acted()
	}
	if n < len(vs) {
		err = ErrFull
	}
	return n, err
}
