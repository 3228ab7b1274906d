package bbuf

import (
	"context"

	"github.com/interlock-go/interlock/internal/waitqueue"
	"github.com/interlock-go/interlock/internal/wakers"
)

// parcel is what a waiting call brings or fetches: vs[n:] is still to do. In a pool vs is one and everything else zero.
type parcel[T any] struct {
	vs     []T
	n      int
	closed bool // the buffer was closed before it was done
	ticket *wakers.Ticket
	one    [1]T // the vs of a single item
}

func newWaiter[T any]() *waiter[T] {
	w := waitqueue.New[parcel[T]]()
	w.Value.vs = w.Value.one[:]
	return w
}

// reset makes p ready for the pool. It spares itself writing pointers, for which the collector must be asked.
func (p *parcel[T]) reset() {
	p.one = [1]T{}
	if &p.vs[0] != &p.one[0] {
		p.vs = p.one[:]
	}
	if p.ticket != nil {
		p.ticket = nil
	}
	p.n, p.closed = 0, false
}

// block shows the detector the call that is queued with w and has a ticket. It does not return if a report handler that it calls
// panics or exits; then nobody waits. That is for a ring only, of which nobody would have served w: an item that w is
// handed all the same, by the handler or by somebody who has not registered, goes with the call.
func (b *Buffer[T]) block(w *waiter[T], s *side[T]) {
	waits := false
	defer func() {
		if waits {
			return
		}
		served := !b.withdraw(w, s)
		if served {
			<-w.Ready()
		}
		b.resume(w, s, served)
	}()
	w.Value.ticket.Block()
	waits = true
}

// await waits until w, which is queued on a side, is woken, or takes it out because ctx has ended and returns
// ctx's cause. If somebody has served w meanwhile, the call has succeeded and the context comes too late.
func (b *Buffer[T]) await(ctx context.Context, w *waiter[T], s *side[T]) error {
	select {
	case <-w.Ready():
		return nil
	case <-ctx.Done():
	}
	if b.withdraw(w, s) {
		return context.Cause(ctx)
	}
	<-w.Ready()
	return nil
}

// withdraw takes w out of its queue and reports false if it has been served. The other side may go on to believe that
// somebody waits, until it looks.
func (b *Buffer[T]) withdraw(w *waiter[T], s *side[T]) bool {
	guard := b.guard(s)
	v := guard.Lock()
	queued := w.Queued()
	if queued {
		s.queue.Remove(w)
		b.crowd(s).pool.Expect(w)
	}
	guard.Unlock(v)
	return queued
}
