package waitqueue

import "github.com/interlock-go/interlock/internal/goroutine"

// Pool keeps waiters for the next calls. Its zero value is empty. Its owner guards it with a lock, which whoever is
// done with a waiter need not take: whoever takes it off its queue, with the lock held, tells the pool to expect it.
//
// A channel belongs to the synctest bubble in which it was made and kills the process
// when it is used outside. So there is one pool per object, not one for the program, and while nobody waits
// it gives what it keeps to those only who have been its customers. Whoever waits at the same time as others is of their bubble, and
// a goroutine never leaves its bubble: so all that is kept at one time is of one bubble, that of the customers.
type Pool[E any] struct {
	first, last *Waiter[E] // in the order in which they left their queue; those of first may be still out
	customers   [8]uint64  // ids of goroutines that found nothing here since the pool was last emptied
	next        int
}

// Take returns a waiter that is in no queue, as its last user left it, or nil if there is none: then the caller makes one with
// [New], for which it should let its lock go. It is told whether others are queued.
func (p *Pool[E]) Take(others bool) *Waiter[E] {
	w := p.first
	if w == nil || !w.isBack() || !others && p.last.isBack() && !p.knows(running()) {
		return p.search(others)
	}
	p.remove(w)
	return w
}

// remove takes out the first, w.
func (p *Pool[E]) remove(w *Waiter[E]) {
	if p.first = w.later; p.first == nil {
		p.last = nil
	}
	w.later = nil
	w.back.Set(0)
}

// search is Take where the first waiter cannot be given.
func (p *Pool[E]) search(others bool) *Waiter[E] {
	id := running()
	if p.first != nil && !others && p.last.isBack() && !p.knows(id) {
		*p = Pool[E]{}
	}
	p.meet(id)
	if p.first == p.last {
		return nil
	}
	p.first, p.last, p.last.later, p.first.later = p.first.later, p.first, p.first, nil // one may be slow to come back, of many
	w := p.first
	if !w.isBack() {
		return nil
	}
	p.remove(w)
	return w
}

// Expect says that w, which is queued no longer or not to be queued at all, will come back by Return.
func (p *Pool[E]) Expect(w *Waiter[E]) {
	if p.last == nil {
		p.first = w
	} else {
		p.last.later = w
	}
	p.last = w
}

// meet makes the goroutine a customer. Nobody is known by id 0.
func (p *Pool[E]) meet(id uint64) {
	if id != 0 && !p.knows(id) {
		p.customers[p.next%len(p.customers)] = id
		p.next++
	}
}

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
