package cond

import (
	"github.com/interlock-go/interlock/internal/lockword"
	"github.com/interlock-go/interlock/internal/waitqueue"
	"github.com/interlock-go/interlock/internal/wakers"
)

// join queues the caller, which holds L: whoever changes the condition from now on sees it. A wait that ends
// by itself is not endless.
func (c *Cond) join(endless bool) *waiter {
	c.check()
	if c.L == nil {
		panic("cond: Cond without L")
	}
	if !wakers.Holds(c.L) {
		panic("cond: wait without holding L")
	}
	n := c.state.Lock()
	w := c.pool.Take(n != 0)
	if w == nil || endless && c.event.Watched() {
		c.state.Unlock(n) // neither is to be done with the lock held
		if w == nil {
			w = waitqueue.New[*wakers.Ticket]()
		}
		if endless && c.event.Watched() {
			w.Value = c.event.Ticket(forSignal)
		}
		n = c.state.Lock()
	}
	c.queue.Push(w)
	c.state.Unlock(n + one)
	return w
}

// one is a queued call in the state word.
const one = lockword.Locked << 1

// leave takes w out of the queue and reports false if it has been woken.
func (c *Cond) leave(w *waiter) bool {
	n := c.state.Lock()
	queued := w.Queued()
	if queued {
		c.queue.Remove(w)
		c.pool.Expect(w)
		n -= one
	}
	c.state.Unlock(n)
	return queued
}

// giveUp takes w out of the queue, and reports whether it comes too late. Then, by nsync's rule, w was signalled, and that counts.
func (c *Cond) giveUp(w *waiter) (woken bool) {
	if c.leave(w) {
		return false
	}
	<-w.Ready()
	return true
}

// release lets L go, for w to be waited for. It does not return if L is not locked, or if a report handler that it calls panics or
// exits. Then nobody waits: if a Signal has reached w meanwhile it is passed on, and what was let go is locked again.
func (c *Cond) release(w *waiter) {
	released, waits := false, false
	defer func() {
		if waits {
			return
		}
		signalled := c.giveUp(w)
		w.Value = nil
		w.Return()
		if signalled {
			c.Signal()
		}
		if released {
			c.L.Lock()
		}
	}()
	c.L.Unlock()
	released = true
	c.event.Hazard(forSignal)
	w.Value.Block()
	waits = true
}

// resume takes L again after w.
func (c *Cond) resume(w *waiter) {
	if w.Value != nil {
		w.Value.Unblock()
		w.Value = nil
	}
	w.Return()
	c.L.Lock()
}

// wakeOne and wakeAll are not in Signal and Broadcast, which so are inlined: with nobody to wake, they are one load.
func (c *Cond) wakeOne() {
	c.check()
	n := c.state.Lock()
	if c.queue.Empty() {
		c.state.Unlock(n)
		return
	}
	w := c.queue.Pop()
	c.pool.Expect(w)
	w.Value.Woken()
	c.state.Unlock(n - one)
	w.Wake()
}

func (c *Cond) wakeAll() {
	c.check()
	var woken waitqueue.Served[*wakers.Ticket]
	n := c.state.Lock()
	for !c.queue.Empty() {
		w := c.queue.Pop()
		c.pool.Expect(w)
		n -= one
		w.Value.Woken()
		woken.Add(w)
	}
	c.state.Unlock(n)
	woken.WakeAll()
}
