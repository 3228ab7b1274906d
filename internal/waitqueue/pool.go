package waitqueue

import "github.com/interlock-go/interlock/internal/lockword"

// Pool keeps waiters for the next calls. Its zero value is empty. It is safe for concurrent use.
//
// A channel belongs to the synctest bubble in which it was made and kills the process
// when it is used outside. So there is one pool per object, not one for the program, and it forgets its
// waiters when the last one that was taken comes back: goroutines of two bubbles cannot have waited
// for the object at the same time, so every waiter that is kept is of the bubble of those that are out.
type Pool[E any] struct {
	lock lockword.Word
	out  int
	free *Waiter[E]
}

// Take returns a waiter that is in no queue, its value zero.
func (p *Pool[E]) Take() *Waiter[E] {
	if w := p.TryTake(); w != nil {
		return w
	}
	p.lock.Lock()
	p.out++
	p.lock.Unlock(0)
	return New[E]()
}

// TryTake is Take that returns nil where it would have to allocate.
func (p *Pool[E]) TryTake() *Waiter[E] {
	p.lock.Lock()
	w := p.free
	if w != nil {
		p.free, w.next = w.next, nil
		p.out++
	}
	p.lock.Unlock(0)
	return w
}

// Put gives back w, which is in no queue and is owed no Wake. Its value is cleared.
func (p *Pool[E]) Put(w *Waiter[E]) {
	var zero E
	w.Value = zero
	p.lock.Lock()
	p.out--
	if p.out == 0 {
		p.free = nil
	} else {
		p.free, w.next = w, p.free
	}
	p.lock.Unlock(0)
}
