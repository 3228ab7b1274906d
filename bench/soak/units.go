package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/interlock-go/interlock/banker"
	"github.com/interlock-go/interlock/mutex"
	"github.com/interlock-go/interlock/pi"
)

// bankerRing has a job wait for units with a lock held that the holder of the units needs first.
func bankerRing(p *plant) {
	b, err := banker.New(banker.Capacity{"gpu": 2}, banker.WithName(p.String()))
	if err != nil {
		panic(err)
	}
	claim := banker.Claim{banker.Of("gpu", 2)}
	var m mutex.Mutex
	var both sync.WaitGroup
	both.Add(2)
	p.start(func() {
		p.job(b, claim, func(j *banker.Job) error {
			err := j.AcquireRest(context.Background())
			both.Done()
			both.Wait()
			p.expect(2)
			if !p.twin {
				pass(&m)
			}
			return err
		})
	})
	p.start(func() {
		m.Lock()
		defer m.Unlock()
		both.Done()
		both.Wait()
		p.job(b, claim, func(j *banker.Job) error { return j.Acquire(context.Background(), banker.Of("gpu", 1)) })
	})
}

// job runs f as a job, and takes its error for the report.
func (p *plant) job(b *banker.Banker, claim banker.Claim, f func(*banker.Job) error) {
	p.refused(banker.Do(context.Background(), b, p.String(), claim, f))
}

// bankersRing has two jobs hold all of a banker each, and ask the other's.
func bankersRing(p *plant) {
	var bankers [2]*banker.Banker
	for i := range bankers {
		b, err := banker.New(banker.Capacity{"gpu": 2}, banker.WithName(p.String()))
		if err != nil {
			panic(err)
		}
		bankers[i] = b
	}
	claim := banker.Claim{banker.Of("gpu", 2)}
	var both sync.WaitGroup
	both.Add(2)
	for i := range bankers {
		p.start(func() {
			first, second := bankers[i], bankers[1-i]
			if p.twin {
				first, second = bankers[0], bankers[1]
			}
			p.job(first, claim, func(j *banker.Job) error {
				if err := j.AcquireRest(context.Background()); err != nil {
					return err
				}
				if !p.twin {
					both.Done()
					both.Wait()
					p.expect(2)
				}
				p.job(second, claim, func(j *banker.Job) error { return j.AcquireRest(context.Background()) })
				return nil
			})
		})
	}
}

// piRing has a task hold a pi.Mutex and ask for a mutex whose holder asks for the pi.Mutex.
func piRing(p *plant) {
	e := pi.NewExecutor(pi.WithSlots(2))
	var m pi.Mutex
	var x mutex.Mutex
	var both, done sync.WaitGroup
	both.Add(2)
	done.Add(2)
	e.Go(context.Background(), 1, func(ctx context.Context, t *pi.Task) {
		defer done.Done()
		p.enlist()
		m.Lock(t)
		defer m.Unlock(t)
		t.Block(func() {
			both.Done()
			both.Wait()
			if !p.twin && !p.refused(mutex.LockContext(ctx, &x)) {
				x.Unlock()
			}
		})
	})
	e.Go(context.Background(), 2, func(ctx context.Context, t *pi.Task) {
		defer done.Done()
		p.enlist()
		t.Block(x.Lock)
		defer x.Unlock()
		t.Block(func() {
			both.Done()
			both.Wait()
		})
		p.expect(2)
		if !p.refused(m.LockContext(ctx, t)) {
			m.Unlock(t)
		}
	})
	done.Wait()
	p.end(e)
}

// piCycle has tasks hold a pi.Mutex each and ask for the next one's, which pi itself refuses.
func piCycle(p *plant) {
	n := 2 + int(p.seed%3)
	e := pi.NewExecutor(pi.WithSlots(1 + int(p.seed/8%3)))
	locks := make([]pi.Mutex, n)
	var held, done sync.WaitGroup
	held.Add(n)
	done.Add(n)
	p.expect(0)
	for i := range n {
		e.Go(context.Background(), pi.Priority(i), func(ctx context.Context, t *pi.Task) {
			defer done.Done()
			p.enlist()
			first, second := &locks[i], &locks[(i+1)%n]
			if p.twin && i == n-1 {
				first, second = second, first
			}
			first.Lock(t)
			defer first.Unlock(t)
			if !p.twin {
				t.Block(func() { held.Done(); held.Wait() })
			}
			err := second.LockContext(ctx, t)
			if err == nil {
				second.Unlock(t)
				return
			}
			if e, ok := errors.AsType[*pi.DeadlockError](err); !ok || p.twin || len(e.Cycle) != n {
				p.l.fail("plant %d: a cycle of %d (twin: %v): %v", p.id, n, p.twin, err)
				return
			}
			p.l.mu.Lock()
			p.hear()
			p.l.mu.Unlock()
		})
	}
	done.Wait()
	p.end(e)
}

// end waits for an executor's tasks.
func (p *plant) end(e *pi.Executor) {
	ctx, cancel := context.WithTimeout(context.Background(), p.l.within+time.Minute)
	defer cancel()
	if err := e.Shutdown(ctx); err != nil {
		p.l.fail("plant %d: %v", p.id, err)
	}
}
