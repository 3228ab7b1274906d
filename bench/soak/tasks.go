package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/interlock-go/interlock/mutex"
	"github.com/interlock-go/interlock/pi"
)

// office is what the tasks of an executor share. Its locks are taken in the order of their declaration.
type office struct {
	outer    mutex.Mutex // outside slots
	desk     [4]pi.Mutex
	top      *pi.Mutex // with a ceiling
	tokens   *pi.Semaphore
	counts   [4]int
	counted  [4]atomic.Int64
	topped   int
	toppings atomic.Int64
	inside   atomic.Int64 // of the semaphore
}

const (
	tokens  = 3
	ceiling = 9
)

// tasks runs tasks of random priority on one executor after the other.
func tasks(s *shift) {
	for !s.over() {
		tasksOnce(s)
	}
}

func tasksOnce(s *shift) {
	options := []pi.Option{pi.WithSlots(1 + s.rand.IntN(3))}
	if s.rand.IntN(3) == 0 {
		options = append(options, pi.WithAging(time.Millisecond))
	}
	e := pi.NewExecutor(options...)
	o := &office{top: pi.NewCeiling(ceiling), tokens: pi.NewSemaphore(tokens)}
	until := time.Now().Add(time.Duration(50+s.rand.IntN(300)) * time.Millisecond)
	s.workers(4, func(_ int, r *rand.Rand) {
		for time.Now().Before(until) {
			p := pi.Priority(r.IntN(ceiling + 1))
			ctx, cancel := moody(r)
			if r.IntN(4) == 0 {
				of := fork(r)
				<-e.Go(ctx, p, func(ctx context.Context, t *pi.Task) { o.work(ctx, s, of, t) }).Done()
			} else {
				err := e.Do(ctx, p, func(ctx context.Context, t *pi.Task) error {
					o.work(ctx, s, r, t)
					return nil
				})
				checkTask(s, err)
			}
			cancel()
			s.done.Add(1)
		}
	})
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := e.Shutdown(ctx); err != nil {
		s.fail("pi: %v", err)
	}
	for i := range o.counts {
		if int64(o.counts[i]) != o.counted[i].Load() {
			s.fail("pi: counted %d of %d", o.counts[i], o.counted[i].Load())
		}
	}
	if int64(o.topped) != o.toppings.Load() || o.inside.Load() != 0 || len(e.Snapshot().Tasks) > 0 {
		s.fail("pi: %d of %d under the ceiling, %d tokens out, left: %v", o.topped, o.toppings.Load(), o.inside.Load(), e.Snapshot())
	}
}

// work is what a task does.
func (o *office) work(ctx context.Context, s *shift, r *rand.Rand, t *pi.Task) {
	for range 1 + r.IntN(3) {
		switch r.IntN(6) {
		case 0:
			t.Block(func() {
				o.outer.Lock()
				defer o.outer.Unlock()
			})
		case 1:
			o.token(ctx, s, r, t)
		case 2:
			t.SetBase(pi.Priority(r.IntN(ceiling + 1)))
		case 3:
			o.top.Lock(t)
			o.topped++
			o.toppings.Add(1)
			t.Checkpoint()
			o.top.Unlock(t)
		default:
			o.desks(ctx, s, r, t)
		}
		t.Checkpoint()
		if e := t.Effective(); e < t.Base() {
			s.fail("pi: effective priority %d below base %d", e, t.Base())
		}
	}
}

// token holds some of the semaphore.
func (o *office) token(ctx context.Context, s *shift, r *rand.Rand, t *pi.Task) {
	n := 1 + r.Int64N(tokens)
	if err := o.tokens.Acquire(ctx, t, n); err != nil {
		checkTask(s, err)
		return
	}
	if now := o.inside.Add(n); now > tokens {
		s.fail("pi: %d tokens of %d are out", now, tokens)
	}
	t.Checkpoint()
	o.inside.Add(-n)
	o.tokens.Release(t, n)
}

// desks locks one desk, or two in order, by calls that may give up.
func (o *office) desks(ctx context.Context, s *shift, r *rand.Rand, t *pi.Task) {
	first := r.IntN(len(o.desk))
	if r.IntN(2) == 0 {
		o.desk[first].Lock(t)
	} else if err := o.desk[first].LockContext(ctx, t); err != nil {
		checkTask(s, err)
		return
	}
	defer o.desk[first].Unlock(t)
	o.counts[first]++
	o.counted[first].Add(1)
	t.Checkpoint()
	if second := first + 1 + r.IntN(3); second < len(o.desk) {
		if r.IntN(3) == 0 {
			if !o.desk[second].TryLock(t) {
				return
			}
		} else if err := o.desk[second].LockContext(ctx, t); err != nil {
			checkTask(s, err)
			return
		}
		defer o.desk[second].Unlock(t)
		o.counts[second]++
		o.counted[second].Add(1)
	}
}

// checkTask refuses errors that a correct task cannot get.
func checkTask(s *shift, err error) {
	if err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		s.fail("pi: %v", err)
	}
}
