package bbuf

import (
	"context"
	"unsafe"
)

// Open is New with the number of locks chosen, so that both kinds are tried at every capacity.
func Open[T any](capacity int, oneLock bool) *Buffer[T] { return open[T](capacity, oneLock) }

// Waiting returns how many calls are parked on each side.
func (b *Buffer[T]) Waiting() (put, get int) {
	t := b.put.word.Lock()
	defer b.put.word.Unlock(t)
	if !b.oneLock {
		h := b.get.word.Lock()
		defer b.get.word.Unlock(h)
	}
	count := func(s *side[T]) (n int) {
		for first := s.queue.First(); first != nil && (n == 0 || s.queue.First() != first); n++ {
			s.queue.Push(s.queue.Pop()) // once round
		}
		return n
	}
	return count(b.put), count(b.get)
}

// Fixed is the size of a Buffer without its slots.
func Fixed() uintptr { return unsafe.Sizeof(Buffer[int]{}) }

// Woken makes b, which has two locks, as it is when it has woken a call that gets and does not run yet, and wakes no more
// at a time. runs lets that one run.
func (b *Buffer[T]) Woken() (runs func()) {
	t, h := b.lockBoth()
	b.maxWoken = 1
	b.getters.woken++
	b.releaseBoth(t, h, &served[T]{})
	return func() { b.runs(b.get) }
}

// Drained is Drain that thought to find n items.
func (b *Buffer[T]) Drained(n int) (taken []T, all bool) { return b.drain(make([]T, n)) }

// PutLate is a Put that found no room, though there may be some when it is about to queue. It tells whether it had to wait.
func (b *Buffer[T]) PutLate(v T) (waits bool) {
	b.guard(b.put).Lock()
	w := b.newWaiter(context.Background(), b.put)
	w.Value.one[0] = v
	if waits = b.join(w, b.put); waits {
		<-w.Ready()
	}
	b.resume(w, b.put, waits)
	return waits
}

// HoldPut locks the side that puts.
func (b *Buffer[T]) HoldPut() (release func()) {
	t := b.put.word.Lock()
	return func() { b.put.word.Unlock(t) }
}

// PutHalfway puts v and releases the side that gets, but not yet the one that puts, as who has locked both does
// for an instant. What it returns releases that one, too.
func (b *Buffer[T]) PutHalfway(v T) (release func()) {
	t, h := b.lockBoth()
	t, _ = b.push(t, h, []T{v})
	b.put.seen, b.get.seen = h, t&counts
	b.get.word.Unlock(h)
	return func() { b.put.word.Unlock(t) }
}

// Get1 takes an item without a look at the side that puts, if it can.
func (b *Buffer[T]) Get1() (v T, ok bool) {
	h := b.get.word.Lock()
	if v, ok = b.get1(h); !ok {
		b.get.word.Unlock(h)
	}
	return v, ok
}
