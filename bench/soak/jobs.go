package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/interlock-go/interlock/banker"
	"github.com/interlock-go/interlock/lockorder"
)

var capacity = banker.Capacity{"cpu": 12, "gpu": 6, "mem": 40}

// jobs takes units step by step from one banker after the other, gives some back, changes claims and
// capacity, and closes jobs under their own calls.
func jobs(s *shift) {
	for !s.over() {
		jobsOnce(s)
	}
}

func jobsOnce(s *shift) {
	b, err := banker.New(capacity, banker.WithName("soak"), banker.WithOvertaking(8))
	if err != nil {
		panic(err)
	}
	until := time.Now().Add(time.Duration(50+s.rand.IntN(500)) * time.Millisecond)
	// Half of the bankers are never resized, so that who could give units back stays known.
	resized := s.rand.IntN(2) == 0
	var stop atomic.Bool
	var all sync.WaitGroup
	if resized {
		r := fork(s.rand)
		all.Go(func() {
			for !stop.Load() {
				balance(s, b)
				resize(s, b, r)
			}
		})
	}
	s.workers(5, func(i int, r *rand.Rand) {
		for n := 0; time.Now().Before(until); n++ {
			job(s, b, r, strconv.Itoa(i)+"/"+strconv.Itoa(n), resized)
			s.done.Add(1)
		}
	})
	stop.Store(true)
	all.Wait()
	balance(s, b)
	end := b.Snapshot()
	for i, name := range end.Resources {
		if end.Available[i] != capacity[name] {
			s.fail("banker: %d of %d %s are back", end.Available[i], capacity[name], name)
		}
	}
	if len(end.Jobs)+len(end.Waiting) > 0 {
		s.fail("banker: left over: %v", end)
	}
}

// balance checks that all units are free or held, and nobody holds more than it claimed.
func balance(s *shift, b *banker.Banker) {
	now := b.Snapshot()
	for i, name := range now.Resources {
		sum := now.Available[i]
		for j := range now.Jobs {
			sum += now.Allocation[j][i]
			if now.Allocation[j][i]+now.Need[j][i] != now.Max[j][i] || now.Need[j][i] < 0 {
				s.fail("banker: %s of %s", name, now.Jobs[j])
			}
		}
		if sum != now.Total[i] {
			s.fail("banker: %d units of %s, and %d in all", sum, name, now.Total[i])
		}
	}
	if len(now.SafeSequence) != len(now.Jobs) {
		s.fail("banker: unsafe: %v", now)
	}
}

// resize takes a unit away, if that goes within a moment, and adds it again.
func resize(s *shift, b *banker.Banker, r *rand.Rand) {
	a := banker.Of([]string{"cpu", "gpu", "mem"}[r.IntN(3)], 1)
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if b.Shrink(ctx, a) == nil {
		if err := b.Grow(a); err != nil {
			s.fail("banker: Grow: %v", err)
		}
	}
}

// job takes more and more, gives some back, and ends.
func job(s *shift, b *banker.Banker, r *rand.Rand, name string, resized bool) {
	claim := banker.Claim{banker.Of("cpu", 1+r.Int64N(6)), banker.Of("gpu", r.Int64N(4)), banker.Of("mem", 1+r.Int64N(20))}
	var closers sync.WaitGroup
	defer closers.Wait()
	err := banker.Do(context.Background(), b, name, claim, func(j *banker.Job) error {
		held := map[string]int64{}
		for range 1 + r.IntN(5) {
			if resized && r.IntN(20) == 0 {
				closers.Go(j.Close)
			}
			a := claim[r.IntN(3)]
			want := banker.Of(a.Resource, r.Int64N(a.Units/2+1))
			ctx, cancel := moody(r)
			err := j.Acquire(ctx, want)
			cancel()
			checkJob(s, err)
			if err != nil {
				continue
			}
			held[a.Resource] += want.Units
			switch r.IntN(4) {
			case 0:
				back := banker.Of(a.Resource, r.Int64N(held[a.Resource]+1))
				checkJob(s, j.Release(back))
				held[a.Resource] -= back.Units
			case 1: // takes from what is claimed and not held
				checkJob(s, j.LowerClaim(banker.Of(a.Resource, 1)))
			case 2:
				checkJob(s, j.TryRaiseClaim(banker.Of("cpu", 1)))
			}
		}
		if !resized { // else the job may be closed by now
			checkHeld(s, b, name, held)
		}
		if r.IntN(2) == 0 {
			checkJob(s, j.AcquireRest(context.Background()))
		}
		return nil
	})
	if err != nil && !errors.Is(err, banker.ErrExceedsCapacity) { // the capacity may be smaller for a moment
		s.fail("banker: Do: %v", err)
	}
}

// checkHeld compares what a job was granted, and has not given back, with the banker's books.
func checkHeld(s *shift, b *banker.Banker, name string, held map[string]int64) {
	now := b.Snapshot()
	row := slices.Index(now.Jobs, name)
	for i, resource := range now.Resources {
		if row < 0 || now.Allocation[row][i] != held[resource] {
			s.fail("banker: job %s holds %d %s, not as in %v", name, held[resource], resource, now)
			return
		}
	}
}

// checkJob refuses errors that a correct job cannot get.
func checkJob(s *shift, err error) {
	for _, good := range []error{
		context.Canceled, context.DeadlineExceeded,
		banker.ErrClosed, banker.ErrOverClaim, banker.ErrUnsafe, banker.ErrUnfair, banker.ErrExceedsCapacity, banker.ErrUnavailable,
	} {
		if errors.Is(err, good) {
			return
		}
	}
	if _, ok := errors.AsType[*lockorder.DeadlockError](err); ok {
		s.fail("banker: refused without a ring: %+v", err)
	} else if err != nil {
		s.fail("banker: %v", err)
	}
}
