package bbuf_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/bbuf"
)

// The categories are those of the conformance tests of java.util.concurrent's ArrayBlockingQueue:
// construction, offer/add, put, poll/take, timed forms, interruption, remainingCapacity, drainTo, hand-over between two
// threads. Interruption is a context's end here.

func TestQueueConstructorRefusesNonPositiveCapacity(t *testing.T) {
	for _, c := range []int{0, -1, -100} {
		require.Panics(t, func() { bbuf.New[string](c) })
	}
}

func TestQueueBeginsEmptyAndIsEmptyAfterRemovingAll(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		b := k.open()
		require.Zero(t, b.Len())
		must(b.TryPut(1))
		require.Equal(t, 1, b.Len())
		_, _ = b.TryGet()
		require.Zero(t, b.Len())
	})
}

func TestQueueOfferSucceedsIfNotFullAndFailsIfFull(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		b := k.open()
		for i := range k.capacity {
			require.NoError(t, b.TryPut(i))
		}
		require.ErrorIs(t, b.TryPut(1), bbuf.ErrFull)
	})
}

func TestQueueAddAllTakesABatchInOrder(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		vs := make([]int, k.capacity)
		for i := range vs {
			vs[i] = i
		}
		b := k.open()
		n, err := b.PutN(t.Context(), vs)
		require.NoError(t, err)
		require.Equal(t, k.capacity, n)
		require.Equal(t, vs, b.Drain())
	})
}

func TestQueueAddAllOfNothingDoesNothing(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		b := k.filled()
		n, err := b.PutN(t.Context(), nil)
		require.NoError(t, err)
		require.Zero(t, n)
	})
}

func TestQueueBatchIsAsGoodAsSingles(t *testing.T) {
	bubbles(t, func(t *testing.T, k kind) {
		b := k.open()
		const n = 500
		go func() {
			for i := 0; i < n; {
				vs := make([]int, min(1+i%(2*k.capacity+3), n-i))
				for j := range vs {
					vs[j] = i + j
				}
				m, err := b.PutN(t.Context(), vs)
				must(err)
				i += m
			}
			b.Close()
		}()
		next := 0
		dst := make([]int, k.capacity+2)
		for {
			m, err := b.GetN(t.Context(), dst[:1+next%len(dst)])
			if err != nil {
				break
			}
			for _, v := range dst[:m] {
				require.Equal(t, next, v)
				next++
			}
		}
		require.Equal(t, n, next)
	})
}

func TestQueuePutBlocksInterruptibly(t *testing.T) {
	bubbles(t, func(t *testing.T, k kind) {
		b := k.filled()
		ctx, cancel := context.WithCancel(t.Context())
		done := putLater(ctx, b, -99)
		cancel()
		require.ErrorIs(t, (<-done).err, context.Canceled)
		require.Equal(t, k.capacity, b.Len())
		require.NotContains(t, b.Drain(), -99)
	})
}

func TestQueuePutWithTake(t *testing.T) {
	bubbles(t, func(t *testing.T, k kind) {
		b := k.filled()
		ctx, cancel := context.WithCancel(t.Context())
		first, second := putLater(ctx, b, 86), putLater(ctx, b, -99)
		v, err := b.Get(ctx)
		require.NoError(t, err)
		require.Zero(t, v)
		require.NoError(t, (<-first).err)
		synctest.Wait()
		require.Empty(t, second)
		cancel()
		require.Error(t, (<-second).err)
	})
}

func TestQueueTimedOfferTimesOut(t *testing.T) {
	bubbles(t, func(t *testing.T, k kind) {
		b := k.filled()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		begin := time.Now()
		require.ErrorIs(t, b.Put(ctx, 1), context.DeadlineExceeded)
		require.Equal(t, time.Minute, time.Since(begin))
	})
}

func TestQueueTakeGetsInFIFOOrder(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		b := k.filled()
		for i := range k.capacity {
			v, err := b.Get(t.Context())
			require.NoError(t, err)
			require.Equal(t, i, v)
		}
	})
}

func TestQueueTakeBlocksInterruptibly(t *testing.T) {
	bubbles(t, func(t *testing.T, k kind) {
		b := k.open()
		ctx, cancel := context.WithCancel(t.Context())
		done := getLater(ctx, b)
		cancel()
		require.ErrorIs(t, (<-done).err, context.Canceled)
		must(b.TryPut(1))
		require.Equal(t, 1, b.Len())
	})
}

func TestQueuePollTimesOutWhenEmptyAndNotWhenFull(t *testing.T) {
	bubbles(t, func(t *testing.T, k kind) {
		b := k.filled()
		begin := time.Now()
		for range k.capacity {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			_, err := b.Get(ctx)
			cancel()
			require.NoError(t, err)
		}
		require.Zero(t, time.Since(begin))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err := b.Get(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, time.Minute, time.Since(begin))
	})
}

func TestQueueDrainToTakesAllAndLeavesItUsable(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		b := k.filled()
		require.Len(t, b.Drain(), k.capacity)
		require.Zero(t, b.Len())
		must(b.TryPut(1))
		require.Equal(t, []int{1}, b.Drain())
	})
}

func TestQueueDrainToNTakesAtMostN(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		b := k.filled()
		for n := 1; n <= k.capacity; n = 2*n + 1 {
			dst := make([]int, n)
			got, err := b.GetN(t.Context(), dst)
			require.NoError(t, err)
			require.LessOrEqual(t, got, n)
			for range got {
				must(b.TryPut(0))
			}
		}
	})
}

func TestQueueDrainToWithActivePut(t *testing.T) {
	bubbles(t, func(t *testing.T, k kind) {
		b := k.filled()
		done := putLater(t.Context(), b, 99)
		first := b.Drain()
		require.NoError(t, (<-done).err)
		require.Equal(t, k.capacity+1, len(first)+b.Len())
	})
}

func TestQueueOfferInOneGoroutineTakeInAnother(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		b := k.filled()
		var wg sync.WaitGroup
		wg.Go(func() { must(b.Put(t.Context(), 99)) })
		for i := range k.capacity {
			v, err := b.Get(t.Context())
			require.NoError(t, err)
			require.Equal(t, i, v)
		}
		v, err := b.Get(t.Context())
		require.NoError(t, err)
		require.Equal(t, 99, v)
		wg.Wait()
	})
}
