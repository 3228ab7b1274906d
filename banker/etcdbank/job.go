package etcdbank

import (
	"context"
	"fmt"
	"sync"

	"github.com/interlock-go/interlock/banker"
	"github.com/interlock-go/interlock/internal/safestate"
)

// Job is one who holds units and may ask for more, up to its claim. It is made by
// [Replica.Register] and safe for concurrent use; its calls come one after the other.
type Job struct {
	r       *Replica
	n       int64
	answers chan answer

	mu       sync.Mutex // guards what follows, and is held during a call
	seq      int64
	revision int64
	doubtful bool // an ask failed that may have been answered: only Close is certain
	closed   bool
}

// answer is what the leader has committed.
type answer struct {
	record
	revision int64
	gone     bool
}

// Register adds a job that may hold up to claim at a time. The errors are package banker's,
// or ErrLost, or the cause of ctx.
func (r *Replica) Register(ctx context.Context, claim ...banker.Amount) (*Job, error) {
	j := &Job{r: r, answers: make(chan answer, 4)}
	r.mu.Lock()
	r.next++
	j.n = r.next
	r.jobs[j.n] = j
	r.mu.Unlock()
	if err := j.call(ctx, register, claim); err != nil {
		j.forget()
		return nil, err
	}
	return j, nil
}

func (j *Job) forget() {
	j.r.mu.Lock()
	delete(j.r.jobs, j.n)
	j.r.mu.Unlock()
}

// Acquire takes all amounts or none, waiting like [banker.Job.Acquire]. If ctx ends first,
// the request is taken back before the call returns, which takes a round trip more, and the error is
// ctx's cause. The other errors are package banker's, and an [ErrLost] when the lease is lost. Rings of waits that go
// through other jobs or locks are not found: who waits may be in another process.
func (j *Job) Acquire(ctx context.Context, amounts ...banker.Amount) error {
	return j.call(ctx, acquire, amounts)
}

// TryAcquire takes all amounts or none, and does not wait for units, but for the leader's answer. The errors are those of
// [banker.Job.TryAcquire], an ErrLost, and ctx's cause; see [Job.Close] for what that leaves.
func (j *Job) TryAcquire(ctx context.Context, amounts ...banker.Amount) error {
	return j.call(ctx, try, amounts)
}

// Release gives amounts back. The errors are those of [banker.Job.Release], an ErrLost, and ctx's cause; see
// [Job.Close] for what that leaves.
func (j *Job) Release(ctx context.Context, amounts ...banker.Amount) error {
	return j.call(ctx, release, amounts)
}

// Close gives back all that the job holds. A call whose context ended while it was being
// answered, other than Acquire, leaves a job for which every call but Close fails with
// [banker.ErrClosed]: whether it was granted or given back is not known. The error is an ErrLost, or ctx's cause; then
// the units come back when the replica closes or its lease ends. To close a job twice is an ErrClosed.
func (j *Job) Close(ctx context.Context) error {
	err := j.call(ctx, finish, nil)
	j.mu.Lock()
	j.closed = true
	j.mu.Unlock()
	j.forget()
	return err
}

// Done is closed when the job's replica has lost its lease: see [Replica.Done].
func (j *Job) Done() <-chan struct{} { return j.r.Done() }

// Revision returns the revision of etcd at which the leader last answered the job. It
// grows with every grant, of any job of the banker, and so serves as a fencing token:
// what the units stand for refuses whoever comes with a smaller one than it has seen.
func (j *Job) Revision() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.revision
}

// call asks and waits for the answer.
func (j *Job) call(ctx context.Context, k kind, amounts []banker.Amount) error {
	req := make([]safestate.Amount, len(amounts))
	for i, a := range amounts {
		r, ok := j.r.index[a.Resource]
		switch {
		case !ok:
			return banker.ErrUnknownResource
		case a.Units < 0:
			return banker.ErrNegative
		}
		req[i] = safestate.Amount{Resource: r, Units: a.Units}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed || j.doubtful && k != finish {
		return banker.ErrClosed
	}
	err := j.ask(ctx, k, req)
	if ctx.Err() != nil && err == context.Cause(ctx) && j.r.ctx.Err() == nil {
		if k == acquire { // it waits still, or was granted in the same instant
			if gone := j.ask(j.r.ctx, cancel, req); gone != nil {
				return gone
			}
		} else {
			j.doubtful = true // who knows what the answer would have been
		}
	}
	return err
}

// ask sends one ask and waits until it is answered, ctx is done or the lease lost.
func (j *Job) ask(ctx context.Context, k kind, req []safestate.Amount) error {
	j.seq++
	s := sent{
		key:    j.r.prefix + "ask/" + path{j.r.lease, j.n}.String(),
		value:  encode(ask{Seq: j.seq, Kind: k, Amounts: req}),
		failed: make(chan error, 1),
	}
	select {
	case j.r.asks <- s:
	case <-j.r.ctx.Done():
		return context.Cause(j.r.ctx)
	}
	for {
		select {
		case a := <-j.answers:
			switch {
			case a.gone && k == finish:
				return nil
			case a.gone:
				return ErrLost
			case a.Seq == j.seq:
				j.revision = a.revision
				return failure(a.Outcome)
			}
		case err := <-s.failed:
			if j.r.ctx.Err() != nil {
				return context.Cause(j.r.ctx)
			}
			j.doubtful = true // it may have arrived or not
			return fmt.Errorf("etcdbank: %w", err)
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-j.r.ctx.Done():
			return context.Cause(j.r.ctx)
		}
	}
}
