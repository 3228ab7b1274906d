package banker_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/banker"
)

// ending is a context that ends, and lets something else happen before whoever waited for it does anything about it.
type ending struct {
	context.Context
	done  chan struct{}
	first func()
}

func (e *ending) Done() <-chan struct{} { return e.done }

func (e *ending) Err() error {
	select {
	case <-e.done:
		e.first()
		return context.Canceled
	default:
		return nil
	}
}

// Whichever of two reasons to end comes first, the error fits what is held, and nothing is lost or given twice.
func TestWaitsThatEndTwice(t *testing.T) {
	unit := func(n int64) banker.Amount { return banker.Of("unit", n) }
	for _, c := range []struct {
		name  string
		first func(b *banker.Banker, holder, j *banker.Job)
		err   error
		held  int64
	}{
		{"granted", func(_ *banker.Banker, holder, _ *banker.Job) { holder.Close() }, context.Canceled, 2},
		{"claim lowered", func(_ *banker.Banker, _, j *banker.Job) { _ = j.LowerClaim(unit(2)) }, banker.ErrOverClaim, 3},
		{"closed", func(_ *banker.Banker, _, j *banker.Job) { j.Close() }, banker.ErrClosed, 1},
		{"granted and closed, its number another's", func(b *banker.Banker, holder, j *banker.Job) {
			holder.Close()
			j.Close()
			for range 2 { // one has the holder's number
				another, _ := b.Register("another", unit(2))
				_ = another.TryAcquire(unit(2))
			}
		}, banker.ErrClosed, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := open(t, banker.Capacity{"unit": 4})
				holder, j := register(t, b, "holder", unit(2)), register(t, b, "j", unit(4))
				require.NoError(t, j.TryAcquire(unit(2)))
				require.NoError(t, holder.TryAcquire(unit(1)))
				ctx := &ending{t.Context(), make(chan struct{}), func() { c.first(b, holder, j) }}
				result := make(chan error, 1)
				go func() { result <- j.Acquire(ctx, unit(2)) }()
				synctest.Wait()
				close(ctx.done)
				require.Equal(t, c.err, <-result)
				s := b.Snapshot()
				balanced(t, s)
				require.Empty(t, s.Waiting)
				require.Equal(t, c.held, s.Total[0]-s.Available[0])
			})
		})
	}
}

// What a grant that comes too late held back goes to those who wait for it.
func TestALateGrantIsPassedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t, banker.Capacity{"unit": 1})
		holder, late := register(t, b, "holder", banker.Of("unit", 1)), register(t, b, "late", banker.Of("unit", 1))
		next := register(t, b, "next", banker.Of("unit", 1))
		require.NoError(t, holder.AcquireRest(t.Context()))
		ctx := &ending{t.Context(), make(chan struct{}), holder.Close}
		results := []chan error{make(chan error, 1), make(chan error, 1)}
		go func() { results[0] <- late.AcquireRest(ctx) }()
		synctest.Wait()
		go func() { results[1] <- next.AcquireRest(t.Context()) }()
		synctest.Wait()
		close(ctx.done)
		require.ErrorIs(t, <-results[0], context.Canceled)
		require.NoError(t, <-results[1])
	})
}

// Shrink that comes to its end with its context has taken the units if it says so, and only then.
func TestShrinkThatEndsTwice(t *testing.T) {
	seen := map[error]int{}
	for range 300 {
		synctest.Test(t, func(t *testing.T) {
			b := open(t, banker.Capacity{"unit": 1})
			holder := register(t, b, "holder", banker.Of("unit", 1))
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- b.Shrink(ctx, banker.Of("unit", 1)) }()
			synctest.Wait()
			cancel()
			holder.Close()
			err := <-done
			seen[err]++
			want := int64(0)
			if err != nil {
				require.ErrorIs(t, err, context.Canceled)
				want = 1
			}
			require.Equal(t, []int64{want}, b.Snapshot().Total)
		})
	}
	t.Log(seen)
}

// A context that is done on entry takes nothing, however much is free.
func TestDoneContextTakesNothing(t *testing.T) {
	b := open(t, banker.Capacity{"unit": 2})
	j := register(t, b, "j", banker.Of("unit", 1))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, j.Acquire(ctx, banker.Of("unit", 1)), context.Canceled)
	require.ErrorIs(t, j.AcquireRest(ctx), context.Canceled)
	require.ErrorIs(t, b.Shrink(ctx, banker.Of("unit", 1)), context.Canceled)
	require.Equal(t, []int64{2}, b.Snapshot().Available)
}

// Those behind the pinned job go on when a grant to another of its calls ends the one that waits.
func TestThoseBehindAPinThatEndsGoOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t, banker.Capacity{"a": 2, "b": 1, "c": 1}, banker.WithOvertaking(0))
		holder := register(t, b, "holder", banker.Of("a", 2))
		require.NoError(t, holder.AcquireRest(t.Context()))
		pinned := register(t, b, "pinned", banker.Of("a", 2), banker.Of("b", 1), banker.Of("c", 1))
		behind := register(t, b, "behind", banker.Of("b", 1))
		all, one := make(chan error, 1), make(chan error, 1)
		go func() { all <- pinned.AcquireRest(t.Context()) }()
		synctest.Wait()
		go func() { one <- behind.AcquireRest(t.Context()) }()
		synctest.Wait()
		require.Equal(t, []bool{true, false}, []bool{b.Snapshot().Waiting[0].Pinned, b.Snapshot().Waiting[1].Pinned})
		v := behind.Explain(banker.Of("b", 1))
		require.Equal(t, banker.ErrUnfair, v.Err)
		require.Equal(t, "banker \"banker\": behind must wait: granting b=1 would delay pinned, "+
			"which has been overtaken as often as may be\n  free now:      a=0 b=1 c=1\n", v.String())
		require.NoError(t, holder.Release(banker.Of("a", 1)))
		require.NoError(t, holder.LowerClaim(banker.Of("a", 1)))
		require.NoError(t, pinned.TryAcquire(banker.Of("a", 1)))
		require.ErrorIs(t, <-all, banker.ErrOverClaim)
		synctest.Wait()
		require.Len(t, one, 1, "not told")
		require.NoError(t, <-one)
	})
}

// A pinned job keeps its place even if it asks for a later one: others were told where it is.
func TestAPinnedJobKeepsItsPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t, banker.Capacity{"a": 1, "b": 1}, banker.WithOvertaking(0))
		other := register(t, b, "other", banker.Of("b", 1))
		require.NoError(t, other.AcquireRest(t.Context()))
		holder := register(t, b, "holder", banker.Of("a", 1))
		require.NoError(t, holder.AcquireRest(t.Context()))
		pinned := register(t, b, "pinned", banker.Of("a", 1))
		got := make(chan error, 1)
		go func() { got <- pinned.AcquireRest(t.Context()) }()
		synctest.Wait()
		require.Equal(t, []string{"holder", "pinned", "other"}, b.Snapshot().SafeSequence)
		require.Equal(t, banker.ErrUnfair, pinned.TryRaiseClaim(banker.Of("b", 1)))
		require.Equal(t, []string{"holder", "pinned", "other"}, b.Snapshot().SafeSequence)
		holder.Close()
		require.NoError(t, <-got)
		require.NoError(t, pinned.TryRaiseClaim(banker.Of("b", 1)))
	})
}

// Of those who can go on the oldest does.
func TestTheOldestGoesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t, banker.Capacity{"unit": 3})
		holder := register(t, b, "holder", banker.Of("unit", 3))
		require.NoError(t, holder.AcquireRest(t.Context()))
		order := make(chan int, 3)
		for i := range 3 {
			j := register(t, b, "j", banker.Of("unit", 1))
			go func() {
				_ = j.AcquireRest(t.Context())
				order <- i
			}()
			synctest.Wait()
		}
		for i := range 3 {
			require.NoError(t, holder.Release(banker.Of("unit", 1)))
			require.Equal(t, i, <-order)
		}
	})
}

// Capacity that is added helps one whose request was unsafe as well as one that found too few units.
func TestGrowHelpsWhoeverWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t, banker.Capacity{"unit": 4})
		holder, unsafe := register(t, b, "holder", banker.Of("unit", 3)), register(t, b, "unsafe", banker.Of("unit", 3))
		require.NoError(t, holder.TryAcquire(banker.Of("unit", 2)))
		require.NoError(t, unsafe.TryAcquire(banker.Of("unit", 1)))
		require.Equal(t, banker.ErrUnsafe, unsafe.Explain(banker.Of("unit", 1)).Err)
		got := make(chan error, 1)
		go func() { got <- unsafe.Acquire(t.Context(), banker.Of("unit", 1)) }()
		synctest.Wait()
		require.Empty(t, got)
		require.NoError(t, b.Grow(banker.Of("unit", 1)))
		require.NoError(t, <-got)
	})
}

// A grant to one that waited counts as one to one that did not.
func TestWaitersOvertakeToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t, banker.Capacity{"unit": 2}, banker.WithOvertaking(1))
		holder := register(t, b, "holder", banker.Of("unit", 2))
		require.NoError(t, holder.AcquireRest(t.Context()))
		results := make(chan error, 2)
		for _, units := range []int64{2, 1} {
			j := register(t, b, "j", banker.Of("unit", units))
			go func() { results <- j.AcquireRest(t.Context()); j.Close() }()
			synctest.Wait()
		}
		require.False(t, b.Snapshot().Waiting[0].Pinned)
		require.NoError(t, holder.Release(banker.Of("unit", 1)))
		require.NoError(t, <-results)
		synctest.Wait()
		require.Len(t, b.Snapshot().Waiting, 1)
		require.True(t, b.Snapshot().Waiting[0].Pinned)
		holder.Close()
		require.NoError(t, <-results)
	})
}

// The oldest call is overtaken 256 times unless another number is set, and by a request for nothing never.
func TestOvertakingByDefault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t, banker.Capacity{"unit": 2})
		large, small := register(t, b, "large", banker.Of("unit", 2)), register(t, b, "small", banker.Of("unit", 1))
		holder := register(t, b, "holder", banker.Of("unit", 1))
		require.NoError(t, holder.AcquireRest(t.Context()))
		got := make(chan error, 1)
		go func() { got <- large.AcquireRest(t.Context()) }()
		synctest.Wait()
		for range banker.DefaultOvertaking {
			require.NoError(t, small.TryAcquire())
			require.NoError(t, small.TryAcquire(banker.Of("unit", 0)))
			require.False(t, b.Snapshot().Waiting[0].Pinned)
			require.NoError(t, small.AcquireRest(t.Context()))
			require.NoError(t, small.Release(banker.Of("unit", 1)))
		}
		require.True(t, b.Snapshot().Waiting[0].Pinned)
		require.ErrorIs(t, small.TryAcquire(banker.Of("unit", 1)), banker.ErrUnfair)
		holder.Close()
		require.NoError(t, <-got)
	})
}
