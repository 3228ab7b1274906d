package waitqueue

import "github.com/interlock-go/interlock/internal/goroutine"

// Pool keeps waiters for the next calls. Its zero value is empty. Its owner guards it with a lock.
//
// A channel belongs to the synctest bubble in which it was made and kills the process
// when it is used outside. So there is one pool per object, not one for the program, and while nobody waits
// it gives what it keeps to those only who have been its customers. Whoever waits at the same time as others is of their bubble, and
// a goroutine never leaves its bubble: so all that is kept at one time is of one bubble, that of the customers.
type Pool[E any] struct {
	free      *Waiter[E]
	out       int       // taken and not put back
	customers [4]uint64 // ids of goroutines that came back when nobody else was out
	next      int
}

// Take returns a waiter that is in no queue, its value zero, or nil if there is none: then the caller makes one with
// [New], for which it should let its lock go.
func (p *Pool[E]) Take() *Waiter[E] {
	if p.out == 0 && p.free != nil && !p.knows(running()) {
		p.free = nil
		clear(p.customers[:])
	}
	p.out++
	w := p.free
	if w != nil {
		p.free, w.next = w.next, nil
	}
	return w
}

// Put gives back w, which is in no queue and is owed no Wake. The caller has cleared its value.
func (p *Pool[E]) Put(w *Waiter[E]) {
	p.free, w.next = w, p.free
	if p.out--; p.out == 0 {
		if id := running(); !p.knows(id) {
			p.customers[p.next%len(p.customers)] = id
			p.next++
		}
	}
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
