package bbuf

import (
	"github.com/interlock-go/interlock/internal/lockword"
	"github.com/interlock-go/interlock/internal/waitqueue"
)

type (
	waiter[T any] = waitqueue.Waiter[parcel[T]]
	served[T any] = waitqueue.Served[parcel[T]]
)

// The functions of this file work on a side that the caller has locked. t and h are the
// words of the side that puts and of the one that gets, as they will be when released.

// push puts as much of vs as there is room for and returns the word after it. The caller has no waiters before it.
func (b *Buffer[T]) push(t uint64, vs []T) (uint64, int) {
	p := b.put
	n := min(len(vs), b.room(t, len(vs)))
	first := copy(b.slots[p.pos:], vs[:n])
	p.pos += first
	if p.pos == len(b.slots) {
		p.pos = copy(b.slots, vs[first:n])
	}
	return t + uint64(n)*item, n
}

// room returns the number of free slots. It looks at the other side only if what it knows of it does not do for want.
func (b *Buffer[T]) room(t uint64, want int) int {
	p := b.put
	free := len(b.slots) - int((t-p.seen)/item)
	if free < want {
		p.seen = b.get.word.Load()
		free = len(b.slots) - int((t-p.seen)/item)
	}
	return free
}

// pull gets what there is, up to len(dst) items, and returns the word after it. The caller has no waiters before it.
func (b *Buffer[T]) pull(h uint64, dst []T) (uint64, int) {
	g := b.get
	n := min(len(dst), b.items(h, len(dst)))
	first := copy(dst[:n], b.slots[g.pos:])
	clear(b.slots[g.pos : g.pos+first]) // or the ring would keep alive what is gone
	g.pos += first
	if g.pos == len(b.slots) {
		g.pos = copy(dst[first:n], b.slots)
		clear(b.slots[:g.pos])
	}
	return h + uint64(n)*item, n
}

// items is to pull what room is to push. What the side knows of the other may be from before its own last step, if that
// looked elsewhere: then it is negative here and does not do.
func (b *Buffer[T]) items(h uint64, want int) int {
	g := b.get
	n := int(int64(g.seen&counts-h) / item)
	if n < want {
		g.seen = b.put.word.Load()
		n = int(int64(g.seen&counts-h) / item)
	}
	return n
}

// admit puts what waiting calls bring, as far as there is room and as many may be woken.
func (b *Buffer[T]) admit(t uint64, done *served[T]) uint64 {
	q := &b.put.queue
	for w := q.First(); w != nil && !b.putThrottled(); w = q.First() {
		p := &w.Value
		var n int
		t, n = b.push(t, p.vs[p.n:])
		if p.n += n; p.n < len(p.vs) {
			return t
		}
		q.Remove(w)
		b.putPool.Expect(w)
		serve(p.ticket)
		done.Add(w)
		b.putWoken++
	}
	if b.putWaiting.Load() != 0 {
		b.putWaiting.Store(0)
	}
	return t
}

// supply gives waiting calls what there is, or tells them that nothing will come, as many as may be woken.
func (b *Buffer[T]) supply(h uint64, done *served[T]) uint64 {
	q := &b.get.queue
	for w := q.First(); w != nil && !b.getThrottled(); w = q.First() {
		p := &w.Value
		if h, p.n = b.pull(h, p.vs); p.n == 0 {
			if b.get.seen&closed == 0 {
				return h
			}
			p.closed = true
		}
		q.Remove(w)
		b.getPool.Expect(w)
		serve(p.ticket)
		done.Add(w)
		b.getWoken++
	}
	if b.getWaiting.Load() != 0 {
		b.getWaiting.Store(0)
	}
	return h
}

// putThrottled tells whether those on their way will see to the others who wait to put.
func (b *Buffer[T]) putThrottled() bool { return !b.oneLock && b.putWoken >= b.maxWoken }

// getThrottled is putThrottled for the side that gets.
func (b *Buffer[T]) getThrottled() bool { return !b.oneLock && b.getWoken >= b.maxWoken }

// putRuns says that a goroutine that was woken runs. It matters with two locks only.
func (b *Buffer[T]) putRuns() {
	t := b.put.word.Lock()
	b.putWoken--
	if b.put.queue.Empty() {
		b.put.word.Unlock(t)
		return
	}
	var done served[T]
	b.putWaiting.Store(1)
	t = b.admit(t, &done)
	b.releasePut(t, &done)
}

// getRuns is putRuns for the side that gets.
func (b *Buffer[T]) getRuns() {
	h := b.get.word.Lock()
	b.getWoken--
	if b.get.queue.Empty() {
		b.get.word.Unlock(h)
		return
	}
	var done served[T]
	b.getWaiting.Store(1)
	h = b.supply(h, &done)
	b.releaseGet(h, &done)
}

// lockGet locks the side that gets.
func (b *Buffer[T]) lockGet() (h uint64) {
	if b.oneLock {
		b.put.word.Lock()
		return b.get.word.Load()
	}
	return b.get.word.Lock()
}

// releasePut publishes t, releases the side that puts, and has everybody served who can be.
func (b *Buffer[T]) releasePut(t uint64, done *served[T]) {
	if b.oneLock {
		b.releaseBoth(t, b.get.word.Load(), done)
		return
	}
	b.put.word.Publish(t)
	done.WakeAll()
	b.settle()
}

// releaseGet is releasePut for the side that gets.
func (b *Buffer[T]) releaseGet(h uint64, done *served[T]) {
	if b.oneLock {
		b.releaseBoth(b.put.word.Load(), h, done)
		return
	}
	b.get.word.Publish(h)
	done.WakeAll()
	b.settle()
}

// releaseBoth releases the one lock. Until it does, both words say what the caller has, so that each side sees the other.
func (b *Buffer[T]) releaseBoth(t, h uint64, done *served[T]) {
	b.get.word.Set(h)
	for before := ^t; t != before; {
		before = t
		if !b.get.queue.Empty() {
			b.put.word.Set(t | lockword.Locked)
			b.get.word.Set(b.supply(b.get.word.Load(), done))
		}
		if !b.put.queue.Empty() {
			t = b.admit(t, done)
		}
	}
	b.put.word.Unlock(t)
	done.WakeAll()
}

// settle serves those who wait on either side until nobody can be. The caller holds no lock.
func (b *Buffer[T]) settle() {
	for {
		var done served[T]
		h, t := b.get.word.Load(), b.put.word.Load()
		switch {
		case b.getWaiting.Load() != 0 && h != t:
			h = b.get.word.Lock()
			b.get.word.Publish(b.supply(h, &done))
		case b.putWaiting.Load() != 0 && t&counts-h < b.limit:
			t = b.put.word.Lock()
			b.put.word.Publish(b.admit(t, &done))
		default:
			return
		}
		done.WakeAll()
	}
}

// unlockGet releases the side that gets, of which nothing has changed.
func (b *Buffer[T]) unlockGet(h uint64) {
	if b.oneLock {
		b.put.word.Unlock(b.put.word.Load())
		return
	}
	b.get.word.Unlock(h)
}
