// Package waitqueue has the queues in which calls of package bbuf and package cond wait: first in, first out,
// with waiters that carry a value, can be taken out of the middle, and are used again.
//
// Nothing in it is safe for concurrent use but Wake and Return. The owner of a queue or a pool guards
// it with a lock and follows one protocol:
//
//	state of a waiter       queued  its channel   left by
//	in a pool               no      empty         Pool.Take
//	taken, not queued yet   no      empty         Push, or Pool.Expect
//	queued                  yes     empty         Pop or Remove with Pool.Expect, by whoever holds the queue's lock
//	removed (gave up)       no      empty         Return, by the waiting goroutine
//	popped, not yet woken   no      empty         Wake, exactly once, by who popped it
//	woken                   no      full          its goroutine receives, then Return
//
// So a waiting goroutine that wants to give up takes the lock and looks at Queued: if
// it says no, somebody has popped the waiter and owes it a Wake, which must be received before
// Return, or it would reach the pool's next customer.
package waitqueue

import "github.com/interlock-go/interlock/internal/lockword"

// Waiter is one blocked call and the value that it brings or fetches.
type Waiter[E any] struct {
	Value E

	ready      chan struct{} // of capacity 1, so that Wake never blocks
	next, prev *Waiter[E]    // in a queue, a circle; next alone in a Served list
	later      *Waiter[E]    // in a pool
	back       lockword.Word // not 0 when its goroutine is done with it
	maker      uint64        // id of the goroutine that called New
	queued     bool
}

// New returns a waiter of the caller's synctest bubble.
func New[E any]() *Waiter[E] { return &Waiter[E]{ready: make(chan struct{}, 1), maker: running()} }

// Queued tells whether w is in a queue. The caller holds the queue's lock.
func (w *Waiter[E]) Queued() bool { return w.queued }

// Ready receives once w has been woken.
func (w *Waiter[E]) Ready() <-chan struct{} { return w.ready }

// Wake wakes w's goroutine, which may be using w for something else as soon as Wake returns.
func (w *Waiter[E]) Wake() { w.ready <- struct{}{} }

// Return says that its goroutine, which is owed no Wake, is done with w. It needs no lock.
func (w *Waiter[E]) Return() { w.back.Set(lockword.Locked << 1) }

func (w *Waiter[E]) isBack() bool { return w.back.Load() != 0 }

// Queue is a first-in-first-out queue of waiters. Its zero value is empty.
type Queue[E any] struct{ last *Waiter[E] } // last.next is the first: one word instead of two

// Empty tells whether nobody is queued.
func (q *Queue[E]) Empty() bool { return q.last == nil }

// First returns the waiter that has been queued longest, or nil.
func (q *Queue[E]) First() *Waiter[E] {
	if q.last == nil {
		return nil
	}
	return q.last.next
}

// Push appends w.
func (q *Queue[E]) Push(w *Waiter[E]) {
	w.queued = true
	if q.last == nil {
		w.next, w.prev = w, w
	} else {
		w.next, w.prev = q.last.next, q.last
		w.next.prev, w.prev.next = w, w
	}
	q.last = w
}

// Remove takes out w, which is queued.
func (q *Queue[E]) Remove(w *Waiter[E]) {
	if w.next == w {
		q.last = nil
	} else {
		w.next.prev, w.prev.next = w.prev, w.next
		if q.last == w {
			q.last = w.prev
		}
	}
	w.next, w.prev, w.queued = nil, nil, false
}

// Pop takes out the first waiter; the queue must not be empty.
func (q *Queue[E]) Pop() *Waiter[E] {
	w := q.last.next
	q.Remove(w)
	return w
}

// Served is a list of waiters that have been popped under a lock and are to be woken
// when it is released.
type Served[E any] struct{ first, last *Waiter[E] }

// Add appends w, which is in no queue.
func (s *Served[E]) Add(w *Waiter[E]) {
	if s.first == nil {
		s.first = w
	} else {
		s.last.next = w
	}
	s.last = w
}

// WakeAll wakes the listed waiters in order and empties the list.
func (s *Served[E]) WakeAll() {
	for w := s.first; w != nil; {
		next := w.next
		w.next = nil // w belongs to its goroutine from the next line on
		w.Wake()
		w = next
	}
	s.first, s.last = nil, nil
}
