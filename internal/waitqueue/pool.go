package waitqueue

import (
	"github.com/interlock-go/interlock/internal/goroutine"
	"github.com/interlock-go/interlock/internal/lockword"
)

// Pool keeps waiters for the next calls. Its zero value is empty. It is safe for concurrent use.
//
// A channel belongs to the synctest bubble in which it was made and kills the process
// when it is used outside. So there is one pool per object, not one for the program, and while nobody waits
// it gives what it keeps to those only who have been its customers. Whoever waits at the same time as others is of their bubble, and
// a goroutine never leaves its bubble: so all that is kept at one time is of one bubble, that of the customers.
type Pool[E any] struct {
	lock      lockword.Word
	out       int
	free      *Waiter[E]
	customers [4]uint64 // ids of goroutines that came back when nobody else was out
	next      int
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
	if p.out == 0 && p.free != nil && !p.knows(running()) {
		p.free = nil
		clear(p.customers[:])
	}
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
	p.free, w.next = w, p.free
	if p.out--; p.out == 0 {
		if id := running(); !p.knows(id) {
			p.customers[p.next%len(p.customers)] = id
			p.next++
		}
	}
	p.lock.Unlock(0)
}

// knows tells whether the goroutine has come back to the pool since it was empty. Nobody is known by id 0.
func (p *Pool[E]) knows(id uint64) bool {
	for _, known := range p.customers {
		if known == id {
			return id != 0
		}
	}
	return false
}

// running is the id of the running goroutine, which no other ever has, or 0 where it takes long to find.
func running() uint64 {
	if !goroutine.Direct {
		return 0
	}
	return goroutine.ID(goroutine.G())
}
