package bbuf

import (
	"github.com/interlock-go/interlock/internal/lockword"
	"github.com/interlock-go/interlock/internal/waitqueue"
)

type (
	waiter[T any] = waitqueue.Waiter[parcel[T]]
	served[T any] = waitqueue.Served[parcel[T]]
)

// The functions of this file work with both sides locked. t and h are the words of the side that puts and of the one that
// gets as they will be when released, without the bit awaited.

// lockBoth locks both sides. Who has locked the one that gets must release it first.
func (b *Buffer[T]) lockBoth() (t, h uint64) { return b.lockGetToo(b.put.word.Lock()) }

// lockGetToo is lockBoth with the side that puts locked at t.
func (b *Buffer[T]) lockGetToo(t uint64) (uint64, uint64) {
	if b.oneLock {
		return t, b.get.word.Load()
	}
	return t &^ awaited, b.get.word.Lock() &^ awaited
}

// releaseBoth serves whoever can be served, releases both sides, and wakes. done are those to be woken anyway.
//
// So whoever locks both sides next finds that calls which wait to put wait at a full ring, and those which wait to get at an empty one that is not
// closed; or that they are left to others on their way, whom anybody may overtake. In neither case need it look at the queues before it
// puts or gets: there is no room and no item, or they may be had. With one lock nothing in between changes this: a call that
// needs no more than a slot hands over to who waits. With two the bit awaited stops it, which is down while calls are left to others;
// and when one of those runs, it serves who waits before it goes on.
func (b *Buffer[T]) releaseBoth(t, h uint64, done *served[T]) {
	for before := ^t; t != before; {
		before = t
		h = b.supply(t, h, done)
		t = b.admit(t, h, done)
	}
	p, g := b.put, b.get
	p.seen, g.seen = h, t&counts
	if b.oneLock {
		g.word.Set(h)
		p.word.Unlock(t)
		done.WakeAll()
		return
	}
	if !p.queue.Empty() && !b.throttled(&b.putters) {
		h |= awaited
	}
	if !g.queue.Empty() && !b.throttled(&b.getters) {
		t |= awaited
	}
	g.word.Unlock(h)
	p.word.Unlock(t)
	done.WakeAll()
}

// push puts as much of vs as there is room for. It need not look whether calls wait to put: see releaseBoth.
func (b *Buffer[T]) push(t, h uint64, vs []T) (uint64, int) {
	p := b.put
	n := min(len(vs), len(b.slots)-int((t&counts-h)/item))
	first := copy(b.slots[p.pos:], vs[:n])
	p.pos += first
	if p.pos == len(b.slots) {
		p.pos = copy(b.slots, vs[first:n])
	}
	return t + uint64(n)*item, n
}

// pull gets what there is, up to len(dst) items. It need not look whether calls wait to get: see releaseBoth.
func (b *Buffer[T]) pull(t, h uint64, dst []T) (uint64, int) {
	g := b.get
	n := min(len(dst), int((t&counts-h)/item))
	first := copy(dst[:n], b.slots[g.pos:])
	clear(b.slots[g.pos : g.pos+first]) // or the ring would keep alive what is gone
	g.pos += first
	if g.pos == len(b.slots) {
		g.pos = copy(dst[first:n], b.slots)
		clear(b.slots[:g.pos])
	}
	return h + uint64(n)*item, n
}

// admit puts what waiting calls bring, as far as there is room and as many may be woken.
func (b *Buffer[T]) admit(t, h uint64, done *served[T]) uint64 {
	q := &b.put.queue
	for w := q.First(); w != nil && !b.throttled(&b.putters); w = q.First() {
		p := &w.Value
		var n int
		t, n = b.push(t, h, p.vs[p.n:])
		if p.n += n; p.n < len(p.vs) {
			return t
		}
		b.dismissPut(w)
		done.Add(w)
	}
	return t
}

// dismissPut takes w, which has been served, out of the queue of those who put.
func (b *Buffer[T]) dismissPut(w *waiter[T]) {
	b.put.queue.Remove(w)
	b.putters.pool.Expect(w)
	b.putters.woken++
	w.Value.ticket.Served()
}

// supply gives waiting calls what there is, or tells them that nothing will come, as many as may be woken.
func (b *Buffer[T]) supply(t, h uint64, done *served[T]) uint64 {
	q := &b.get.queue
	for w := q.First(); w != nil && !b.throttled(&b.getters); w = q.First() {
		p := &w.Value
		if h, p.n = b.pull(t, h, p.vs); p.n == 0 {
			if t&closed == 0 {
				return h
			}
			p.closed = true
		}
		q.Remove(w)
		b.getters.pool.Expect(w)
		b.getters.woken++
		p.ticket.Served()
		done.Add(w)
	}
	return h
}

// throttled tells whether those on their way will see to the others who wait.
func (b *Buffer[T]) throttled(c *crowd[T]) bool { return !b.oneLock && c.woken >= b.maxWoken }

// runs says that a goroutine that was woken runs. It matters with two locks only.
func (b *Buffer[T]) runs(s *side[T]) {
	v := s.word.Lock()
	b.crowd(s).woken--
	others := !s.queue.Empty()
	s.word.Unlock(v)
	if others {
		t, h := b.lockBoth()
		b.releaseBoth(t, h, &served[T]{})
	}
}

// guard returns the word that is a side's lock.
func (b *Buffer[T]) guard(s *side[T]) *lockword.Word {
	if b.oneLock {
		return &b.put.word
	}
	return &s.word
}

// unlock releases a side of which nothing has changed.
func (b *Buffer[T]) unlock(s *side[T]) {
	w := b.guard(s)
	w.Unlock(w.Load())
}
