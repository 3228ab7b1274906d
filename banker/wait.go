package banker

import (
	"context"

	"github.com/interlock-go/interlock/internal/safestate"
)

// waiter is one blocked call. Who is served next is safestate's to decide, by what is safe and not by the order
// of arrival alone; so there is no line of waiters here, as internal/waitqueue has it, to be served from its head.
type waiter struct {
	safestate.Waiter
	settled chan struct{} // receives once, when the outcome is there
	job     *Job          // nil if capacity is to be taken away
	published
}

// newWaiter returns a waiter. Its channel belongs to the caller's synctest bubble, which
// is why waiters are not pooled.
func newWaiter() *waiter {
	w := &waiter{settled: make(chan struct{}, 1)}
	w.Tag = w
	return w
}

// wait waits for what b.req says, of which Try said o, with b locked, and unlocks it.
func (j *Job) wait(ctx context.Context, o safestate.Outcome) error {
	b := j.b
	w := newWaiter()
	w.job = j
	w.prepare(b)
	b.q.Park(j.id, b.req, o, &w.Waiter)
	err := j.sleep(ctx, w)
	if err == nil {
		err = j.outcome(w)
	} else if giveUp := j.abandon(w); giveUp != nil {
		err = giveUp
	}
	if err == nil {
		w.unblock()
		return nil
	}
	if refusal := w.unblock(); refusal != nil {
		return refusal
	}
	return err
}

// sleep unlocks b and waits for the outcome of w, which is parked. It does not return if a report handler panics or exits; then
// nothing is waited for, and what was granted meanwhile is given back.
func (j *Job) sleep(ctx context.Context, w *waiter) error {
	returns := false
	defer func() {
		if !returns {
			_ = j.abandon(w)
		}
	}()
	j.b.unlock()
	err := w.block(ctx)
	returns = true
	return err
}

// outcome returns the error of a call whose waiting is over.
func (j *Job) outcome(w *waiter) error {
	if w.Outcome != safestate.OverClaim {
		return failure(w.Outcome)
	}
	j.b.mu.Lock()
	defer j.b.mu.Unlock()
	if j.closed {
		return ErrClosed
	}
	return ErrOverClaim
}

// abandon ends the waiting of w. If a grant came first it is given back, unless the job
// was closed, which has done that. The error is that of a call that had ended already without a grant.
func (j *Job) abandon(w *waiter) error {
	b := j.b
	b.mu.Lock()
	if !b.q.Cancel(&w.Waiter) {
		switch {
		case j.closed:
			b.mu.Unlock()
			return ErrClosed
		case w.Outcome != safestate.Granted:
			b.mu.Unlock()
			return failure(w.Outcome)
		}
		_, req := w.Request()
		b.q.GiveBack(j.id, req)
	}
	b.unlock()
	return nil
}
