package banker

import (
	"context"

	"github.com/interlock-go/interlock/internal/safestate"
)

// Job is one who holds units and may ask for more, up to its claim. It is made by
// [Banker.Register] and safe for concurrent use.
type Job struct {
	b      *Banker
	name   string
	id     safestate.Job
	closed bool
	owner
}

// Name returns the name under which the job was registered.
func (j *Job) Name() string { return j.name }

// lock locks the banker. It fails, and leaves it unlocked, if j is closed.
func (j *Job) lock() error {
	if j == nil || j.b == nil {
		panic("banker: Job was not made by Register")
	}
	j.b.mu.Lock()
	if j.closed {
		j.b.mu.Unlock()
		return ErrClosed
	}
	return nil
}

// TryAcquire takes all amounts or none, and does not wait. The error is ErrUnavailable,
// ErrUnsafe or ErrUnfair if it would have to; ErrOverClaim if it asks for more than
// the claim leaves, and so can never be granted; ErrUnknownResource, ErrNegative,
// ErrOverflow or ErrClosed.
func (j *Job) TryAcquire(amounts ...Amount) error {
	if err := j.lock(); err != nil {
		return err
	}
	b := j.b
	if err := b.request(j, amounts); err != nil {
		b.mu.Unlock()
		return err
	}
	o := b.q.Try(j.id, b.req)
	if o == safestate.Granted {
		j.used()
	}
	b.unlock()
	return failure(o)
}

// Acquire takes all amounts or none. It waits until they are free and every job could
// still finish afterwards, or gives up
//
//   - when ctx is done, with ctx's cause as the error. A ctx that is done on entry takes
//     nothing, and a grant that races with its end is given back.
//   - when waiting would close a ring of goroutines that wait for one another, through
//     jobs and locks, or when another goroutine closes one while this call waits: the error is a
//     [lockorder.DeadlockError] with the ring. Give back what you hold and begin again.
//   - with ErrClosed when the job is closed, and with ErrOverClaim when another call has
//     used up, or lowered, so much of the claim that the request exceeds it. A grant that its call
//     gave back, because its ctx had ended, counts as well.
//
// Otherwise its errors are those of [Job.TryAcquire]. Whatever the error, nothing was taken.
//
// A ring is certain only if the goroutines that must give units back are known: if their
// jobs run in [Do], or [Job.Own] was called, if Grow was not, and if no more than 32 jobs
// hold something and no more than 32 calls wait.
func (j *Job) Acquire(ctx context.Context, amounts ...Amount) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := j.lock(); err != nil {
		return err
	}
	if err := j.b.request(j, amounts); err != nil {
		j.b.mu.Unlock()
		return err
	}
	return j.acquire(ctx)
}

// AcquireRest takes all that the job may still ask for, at once. When it waits, it waits
// for free units or for fairness only: what is free is always safe to take in whole. A job that takes
// everything by it, before it holds anything, needs no banker's algorithm. What that is, is
// settled by the call: a claim that is raised while it waits adds nothing. Its errors are those of [Job.Acquire].
func (j *Job) AcquireRest(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := j.lock(); err != nil {
		return err
	}
	b := j.b
	b.req = b.req[:0]
	for i := range b.q.Claim(j.id) {
		r, need, _ := b.q.At(j.id, i)
		b.req = append(b.req, safestate.Amount{Resource: r, Units: need})
	}
	return j.acquire(ctx)
}

// acquire takes what b.req says, with b locked, and unlocks it.
func (j *Job) acquire(ctx context.Context) error {
	b := j.b
	o := b.q.Try(j.id, b.req)
	if o == safestate.Granted {
		j.used()
	}
	if !o.Waits() {
		b.unlock()
		return failure(o)
	}
	return j.wait(ctx, o)
}

// Release gives amounts back. The error is ErrOverRelease if the job does not hold them,
// ErrUnknownResource, ErrNegative, ErrOverflow or ErrClosed.
func (j *Job) Release(amounts ...Amount) error {
	return j.change(amounts, (*safestate.Queue).GiveBack)
}

// LowerClaim says that the job will not ask for amounts that it claimed and does not
// hold. That can let others go on. The error is ErrOverClaim if the claim leaves less,
// ErrUnknownResource, ErrNegative, ErrOverflow or ErrClosed.
func (j *Job) LowerClaim(amounts ...Amount) error {
	return j.change(amounts, (*safestate.Queue).Lower)
}

// TryRaiseClaim adds amounts to the claim if every job can still finish then. It does not
// wait, because a job that holds units and waits for a claim could deadlock. The error is
// ErrUnsafe or ErrUnfair if it cannot be raised at present, ErrExceedsCapacity if it would
// exceed what there is in all, ErrUnknownResource, ErrNegative, ErrOverflow or ErrClosed.
func (j *Job) TryRaiseClaim(amounts ...Amount) error {
	return j.change(amounts, func(q *safestate.Queue, id safestate.Job, req []safestate.Amount) safestate.Outcome {
		return q.RaiseClaim(id, req)
	})
}

func (j *Job) change(amounts []Amount, how func(*safestate.Queue, safestate.Job, []safestate.Amount) safestate.Outcome) error {
	if err := j.lock(); err != nil {
		return err
	}
	b := j.b
	if err := b.request(j, amounts); err != nil {
		b.mu.Unlock()
		return err
	}
	o := how(b.q, j.id, b.req)
	j.used()
	b.unlock()
	return failure(o)
}

// Close gives back all that the job holds and takes it off the banker. Calls that wait
// for the job end with ErrClosed. To close a job twice is to close it once.
func (j *Job) Close() {
	if j.lock() != nil {
		return
	}
	j.used()
	j.closed = true
	j.b.jobs[j.id] = nil
	j.b.q.Leave(j.id)
	j.b.unlock()
}

// Do registers a job, calls f with it, and closes it when f has returned or panicked. The
// error is Register's or f's; a ctx that is done on entry registers nothing.
//
// Do vouches that the calling goroutine alone uses the job (see [Job.Own]). If f gives the job to
// other goroutines, register it instead.
func Do(ctx context.Context, b *Banker, name string, claim Claim, f func(*Job) error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	j, err := b.Register(name, claim...)
	if err != nil {
		return err
	}
	defer j.Close()
	j.Own()
	return f(j)
}
