package cond

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/interlock-go/interlock/internal/lockword"
	"github.com/interlock-go/interlock/internal/waitqueue"
	"github.com/interlock-go/interlock/internal/wakers"
)

// Cond is a condition variable: a place where goroutines wait for an event, or its announcement. It is
// used as a [sync.Cond] is. L may be any [sync.Locker]; whoever looks at the condition or changes it
// holds it. A Cond is made with [New], or as a literal with L set, and must not be copied after first use: a copy panics.
// L is not changed once the Cond is in use. All methods may be called by several goroutines at once.
//
// Waiters are woken in the order in which they began to wait, and each Signal wakes one that waited before it:
// a later one cannot take it away.
//
// In the terminology of the Go memory model, a call of Signal or Broadcast synchronizes before the return of every
// call that it wakes.
type Cond struct {
	// L is held while observing or changing the condition.
	L sync.Locker

	_ noCopy

	self  atomic.Pointer[Cond]
	state lockword.Word // the lock of queue and pool, and the number of queued calls
	queue waitqueue.Queue[*wakers.Ticket]
	pool  waitqueue.Pool[*wakers.Ticket]
	event wakers.Event // the wakers are the signallers
}

var forSignal = wakers.NewKind("Cond")

// How it works. The waiters are queued under a lock of the Cond's own, which is held for a few
// instructions and never while anything blocks. It is taken with L held or without it, and L is never taken under it.
//
//	field  changed                     read without the lock by  a stale value
//	self   once, by the first to wait  all                       is nil; then it is set with a CAS
//	state  with the lock held, by the  Signal, Broadcast         is of a call which they need not wake: who waits
//	       store that releases it                                raises the count before it lets L go

// noCopy is what vet's copylocks looks for.
type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}

type waiter = waitqueue.Waiter[*wakers.Ticket]

// New returns a condition variable with lock l.
func New(l sync.Locker) *Cond { return &Cond{L: l} }

// NewCond is New under the name that package sync has for it.
func NewCond(l sync.Locker) *Cond { return New(l) }

// Wait unlocks c.L, waits until it is woken, and locks c.L again before it returns. It panics if L is nil.
//
// It returns for no other reason than a Signal or Broadcast, but the condition need not hold any more: somebody else may have come first.
// So it stands in a loop, or is left to WaitFor. If L is a lock of package mutex, Wait panics where the caller does not hold it.
//
// A report handler that panics (see lockorder.SetHandler) ends this and the other waits with L locked, and no Signal is consumed. Only where
// what it reports is the locking of L itself, L is not locked.
func (c *Cond) Wait() {
	w := c.join(true)
	c.release(w)
	<-w.Ready() // here and not deeper: where another goroutine has run, the processor guesses every return wrong
	c.resume(w)
}

// WaitContext is Wait that gives up when ctx ends: then the error is ctx's cause, and no Signal was
// consumed. A ctx that is done on entry is found before waiting. L is held on return in every case. If a Signal and the end
// of ctx come together, either the error is nil or the Signal wakes the next waiter. It panics if ctx is nil.
func (c *Cond) WaitContext(ctx context.Context) error {
	if ctx == nil {
		panic("cond: nil context")
	}
	c.check()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	done := ctx.Done()
	if done == nil {
		c.Wait()
		return nil
	}
	w := c.join(false)
	c.release(w)
	woken := true
	select {
	case <-w.Ready():
	case <-done:
		woken = c.giveUp(w)
	}
	c.resume(w)
	if !woken {
		return context.Cause(ctx)
	}
	return nil
}

// WaitUntil is Wait that gives up at a deadline: then the error is [context.DeadlineExceeded], and all
// is as with WaitContext. A deadline that has passed is found before waiting.
func (c *Cond) WaitUntil(deadline time.Time) error {
	c.check()
	left := time.Until(deadline)
	if left <= 0 {
		return context.DeadlineExceeded
	}
	t := time.NewTimer(left)
	defer t.Stop()
	w := c.join(false)
	c.release(w)
	woken := true
	select {
	case <-w.Ready():
	case <-t.C:
		woken = c.giveUp(w)
	}
	c.resume(w)
	if !woken {
		return context.DeadlineExceeded
	}
	return nil
}

// WaitFor waits until pred returns true or ctx ends. It calls pred with L held and nothing else of c's. The predicate wins over the context:
// if pred is true WaitFor returns nil, even if ctx has ended, else the error is ctx's cause. L is held on return in every
// case, also when pred panics. It panics if ctx is nil and pred is not true at once.
func (c *Cond) WaitFor(ctx context.Context, pred func() bool) error {
	for !pred() {
		if err := c.WaitContext(ctx); err != nil {
			if pred() {
				return nil
			}
			return err
		}
	}
	return nil
}

// Signal wakes the goroutine that has waited longest, if there is any. The caller may hold c.L but need not.
func (c *Cond) Signal() {
	if c.state.Load() != 0 {
		c.wakeOne()
	}
}

// Broadcast wakes all goroutines that wait. The caller may hold c.L but need not.
func (c *Cond) Broadcast() {
	if c.state.Load() != 0 {
		c.wakeAll()
	}
}

// check panics if c is nil or a copy of a Cond that was used.
func (c *Cond) check() {
	if c == nil || c.self.Load() != c {
		c.meet()
	}
}

// meet is check for the first use, and for a wrong one.
func (c *Cond) meet() {
	switch {
	case c == nil:
		panic("cond: nil Cond")
	case !c.self.CompareAndSwap(nil, c) && c.self.Load() != c:
		panic("cond: copied Cond")
	}
}
