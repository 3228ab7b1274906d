package waitqueue

import (
	"math/bits"

	"github.com/interlock-go/interlock/internal/goroutine"
)

// Pool keeps waiters for the next calls. Its zero value is empty. Its owner guards it with a lock, which whoever is
// done with a waiter need not take: whoever takes it off its queue, with the lock held, tells the pool to expect it.
//
// A channel belongs to the synctest bubble in which it was made and kills the process
// when it is used outside. So there is one pool per object, not one for the program, and while nobody waits
// it gives what it keeps to those only whom it knows. Whoever waits at the same time as others is of their bubble, and
// a goroutine never leaves its bubble: so all that is kept at one time is of one bubble, that of those who are known.
type Pool[E any] struct {
	first, last *Waiter[E] // in the order in which they left their queue; some may be out still
	known       []uint64   // ids of goroutines, each at its place or nowhere; whoever made a waiter is known by it, too
	looks       uint8      // how often somebody was put there who came while others waited
}

// Take returns a waiter that is in no queue, as its last user left it, or nil if there is none: then the caller makes one with
// [New], for which it should let its lock go. It is told whether others are queued.
func (p *Pool[E]) Take(others bool) *Waiter[E] {
	w := p.first
	switch {
	case w == nil:
		return nil
	case !others && p.last.isBack():
		if !p.knows(running()) {
			clear(p.known)
			*p = Pool[E]{known: p.known}
			return nil
		}
	case p.looks < mostLooks:
		p.looks++
		p.meet(running(), 0)
	}
	if !w.isBack() {
		if w = p.second(); w == nil {
			return nil
		}
	}
	if p.first = w.later; p.first == nil {
		p.last = nil
	}
	w.later = nil
	w.back.Set(0)
	return w
}

// mostLooks keeps a pool from looking for ever where fewer goroutines come than it could remember.
const mostLooks = 64

// second puts the first, which is not back, behind the others, and returns the next if that one is.
func (p *Pool[E]) second() *Waiter[E] {
	slow := p.first
	if slow == p.last {
		return nil
	}
	p.first, p.last.later, p.last, slow.later = slow.later, slow, slow, nil
	if p.first.isBack() {
		return p.first
	}
	return nil
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

// meet makes the goroutine known, whom there are some others beside. Nobody is by id 0. Memory is allocated with the owner's
// lock held, but ever seldomer.
func (p *Pool[E]) meet(id uint64, others int) {
	if others >= len(p.known) {
		p.known = make([]uint64, 1<<bits.Len(uint(max(4, others))))
	}
	p.known[id&uint64(len(p.known)-1)] = id
}

// knows tells whether the goroutine is known. It remembers whom it finds by a waiter only, since that is a long way round.
func (p *Pool[E]) knows(id uint64) bool {
	if id == 0 {
		return false
	}
	if len(p.known) > 0 && p.known[id&uint64(len(p.known)-1)] == id {
		return true
	}
	n := 0
	for w := p.first; w != nil; w = w.later {
		if w.maker == id {
			p.meet(id, n)
			return true
		}
		n++
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
