package banker_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/banker"
)

// Jobs that always end, with calls that give up at random, claims that change, capacity
// that comes and goes, and jobs closed under their own calls: everybody comes to an end,
// and the books balance at every look.
func TestLivenessAndConservation(t *testing.T) {
	b := open(t, banker.Capacity{"cpu": 12, "gpu": 6, "mem": 40}, banker.WithOvertaking(8))
	ctx := within(t)
	var workers, others sync.WaitGroup
	stop := make(chan struct{})
	var granted, refused atomic.Int64
	for seed := range 24 {
		workers.Go(func() {
			r := rand.New(rand.NewPCG(uint64(seed), 3))
			for range 60 {
				work(ctx, t, b, r, &granted, &refused)
			}
		})
	}
	others.Go(func() {
		for r := rand.New(rand.NewPCG(1, 1)); ; {
			select {
			case <-stop:
				return
			default:
			}
			balanced(t, b.Snapshot())
			resize(ctx, t, b, r)
		}
	})
	workers.Wait()
	close(stop)
	others.Wait()
	s := b.Snapshot()
	balanced(t, s)
	require.Empty(t, s.Jobs)
	require.Empty(t, s.Waiting)
	require.Equal(t, []int64{12, 6, 40}, s.Available)
	require.NoError(t, ctx.Err(), "somebody waited for ever")
	t.Logf("%d granted, %d given up", granted.Load(), refused.Load())
}

// work is one job: it takes more and more, gives some back, and ends.
func work(ctx context.Context, t *testing.T, b *banker.Banker, r *rand.Rand, granted, refused *atomic.Int64) {
	claim := []banker.Amount{banker.Of("cpu", 1+r.Int64N(6)), banker.Of("gpu", r.Int64N(4)), banker.Of("mem", 1+r.Int64N(20))}
	j, err := b.Register("j", claim...)
	if !assertNil(t, err) {
		return
	}
	defer j.Close()
	for range 1 + r.IntN(5) {
		c, cancel := context.WithTimeout(ctx, time.Duration(r.IntN(400))*time.Microsecond)
		if r.IntN(3) > 0 {
			cancel()
			c, cancel = context.WithCancel(ctx)
		}
		if r.IntN(20) == 0 {
			go j.Close()
		}
		a := claim[r.IntN(3)]
		err := j.Acquire(c, banker.Of(a.Resource, r.Int64N(a.Units/2+1)))
		cancel()
		if err != nil {
			refused.Add(1)
			continue
		}
		granted.Add(1)
		switch r.IntN(4) {
		case 0:
			_ = j.Release(banker.Of(a.Resource, 1))
		case 1:
			_ = j.LowerClaim(banker.Of(a.Resource, 1))
		case 2:
			_ = j.TryRaiseClaim(banker.Of("cpu", 1))
		}
	}
	if r.IntN(2) == 0 {
		_ = j.AcquireRest(ctx)
	}
}

// resize takes capacity away and adds it again.
func resize(ctx context.Context, t *testing.T, b *banker.Banker, r *rand.Rand) {
	a := banker.Of([]string{"cpu", "gpu", "mem"}[r.IntN(3)], 1)
	c, cancel := context.WithTimeout(ctx, time.Millisecond)
	defer cancel()
	if b.Shrink(c, a) == nil {
		balanced(t, b.Snapshot())
		assertNil(t, b.Grow(a))
	}
}

// assertNil reports from a goroutine that must not end the test itself.
func assertNil(t *testing.T, err error) bool {
	if err != nil {
		t.Error(err)
	}
	return err == nil
}

// Calls that end with their context at about the time of their grant take nothing.
func TestGrantThatRacesWithCancelIsGivenBack(t *testing.T) {
	b := open(t, banker.Capacity{"unit": 1})
	ctx := within(t)
	holder := register(t, b, "holder", banker.Of("unit", 1))
	j := register(t, b, "j", banker.Of("unit", 1))
	cancelled := 0
	for i := range 2000 {
		require.NoError(t, holder.Acquire(ctx, banker.Of("unit", 1)))
		c, cancel := context.WithCancel(ctx)
		got := make(chan error, 1)
		go func() { got <- j.Acquire(c, banker.Of("unit", 1)) }()
		if i%2 == 0 {
			go cancel()
		}
		require.NoError(t, holder.Release(banker.Of("unit", 1)))
		cancel()
		if err := <-got; err != nil {
			require.ErrorIs(t, err, context.Canceled)
			cancelled++
			continue
		}
		require.NoError(t, j.Release(banker.Of("unit", 1)))
	}
	require.Equal(t, []int64{1}, b.Snapshot().Available)
	t.Logf("%d cancelled", cancelled)
}
