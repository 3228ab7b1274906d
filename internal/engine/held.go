package engine

import "sync/atomic"

// Idle tells whether the goroutine holds no lock, so that nothing can be out of order. It may say
// no of one that once held very many.
//
//go:norace
func (r *Record) Idle() bool { return r.held.Idle() }

// Ready tells whether a lock whose order cache is seen may be acquired and then pushed, with
// nothing to look up before: there is room, and the goroutine holds nothing or the cache says that the
// order is known.
//
//go:norace
func (r *Record) Ready(seen uint64) bool {
	h := r.held.Top()
	if !r.held.Room(h) {
		return false
	}
	if h.Key == 0 {
		return true
	}
	sum := h.Sum + phaseSalt
	return sum == seen || sum^r.salt == seen
}

// Known is Ready for a lock that stands in other goroutines' way even when it is acquired by one that holds
// nothing: a writer keeps out new readers.
//
//go:norace
func (r *Record) Known(seen uint64) bool {
	h := r.held.Top()
	sum := h.Sum + phaseSalt
	return r.held.Room(h) && (sum == seen || sum^r.salt == seen)
}

// PushFirst is Push for a goroutine that is Idle.
//
//go:norace
func (r *Record) PushFirst(key uint64, pc uintptr) { r.held.PushFirst(key, pc) }

// Push notes an acquisition. The record must have been Ready.
//
//go:norace
func (r *Record) Push(key uint64, pc uintptr) { r.held.Push(key, pc) }

// Innermost tells whether the lock acquired last has this key.
//
//go:norace
func (r *Record) Innermost(key uint64) bool { return r.held.Top().Key == key }

// Pop forgets the lock acquired last.
//
//go:norace
func (r *Record) Pop() { r.held.Pop() }

// push is Push with room for any number of holds. That a delivery has closed the set does not matter.
//
//go:norace
func (r *Record) push(key uint64, pc uintptr) {
	if !r.held.Room(r.held.Top()) && r.held.Full() {
		eng.mu.Lock() // a delivery closes the set by a word that growing writes
		r.held.Grow()
		eng.mu.Unlock()
	}
	r.held.Push(key, pc)
}

// remove takes out the i-th hold, and its stack.
//
//go:norace
func (r *Record) remove(i int) {
	if wholeStacks && r.mind != nil {
		r.mind.shift(i)
	}
	r.held.Remove(i)
}

// delivered tells whether somebody has released a hold of r.
//
//go:norace
func (r *Record) delivered() bool { return atomic.LoadUint32(&r.inbox) != 0 }
