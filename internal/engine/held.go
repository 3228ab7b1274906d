package engine

import "github.com/interlock-go/interlock/internal/heldset"

// held is the set of what a goroutine holds. It is embedded, so that the fast paths call its methods Idle,
// Push and Pop without one of the record's between, which would cost them an instruction each.
type held = heldset.Set

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

// Innermost tells whether the lock acquired last has this key.
//
//go:norace
func (r *Record) Innermost(key uint64) bool { return r.held.Top().Key == key }

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
