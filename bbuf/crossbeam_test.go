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

// These properties are those that crossbeam-channel holds its array flavour to, worked out afresh for this
// package's operations: disconnecting is Close here, and a timeout is a context.

func TestArraySmoke(t *testing.T) {
	bubbles(t, func(t *testing.T, k kind) {
		b := k.open()
		for range 3 {
			require.NoError(t, b.Put(t.Context(), 7))
			v, err := b.TryGet()
			require.NoError(t, err)
			require.Equal(t, 7, v)
			_, err = b.TryGet()
			require.ErrorIs(t, err, bbuf.ErrEmpty)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			_, err = b.Get(ctx)
			require.ErrorIs(t, err, context.DeadlineExceeded)
			cancel()
		}
	})
}

func TestArrayCapacityIsWhatWasAsked(t *testing.T) {
	for c := range 40 {
		require.Equal(t, c+1, bbuf.New[int](c+1).Cap())
	}
}

func TestArrayLenEmptyFullFollowEveryStep(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		b := k.open()
		for round := range 3 {
			for i := range k.capacity {
				require.Equal(t, i, b.Len())
				require.NoError(t, b.TryPut(i))
			}
			require.Equal(t, k.capacity, b.Len())
			require.ErrorIs(t, b.TryPut(-1), bbuf.ErrFull, "round %d", round)
			for i := range k.capacity {
				require.Equal(t, k.capacity-i, b.Len())
				_, err := b.TryGet()
				require.NoError(t, err)
			}
		}
	})
}

func TestArrayTryGetSeesPutThenClose(t *testing.T) {
	bubbles(t, func(t *testing.T, k kind) {
		b := k.open()
		time.AfterFunc(time.Second, func() { must(b.TryPut(7)) })
		time.AfterFunc(2*time.Second, func() { b.Close() })
		_, err := b.TryGet()
		require.ErrorIs(t, err, bbuf.ErrEmpty)
		time.Sleep(1500 * time.Millisecond)
		v, err := b.TryGet()
		require.NoError(t, err)
		require.Equal(t, 7, v)
		_, err = b.TryGet()
		require.ErrorIs(t, err, bbuf.ErrEmpty)
		time.Sleep(time.Second)
		_, err = b.TryGet()
		require.ErrorIs(t, err, bbuf.ErrClosed)
	})
}

func TestArrayTryPutSeesFullThenRoomThenClose(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		b := k.filled()
		require.ErrorIs(t, b.TryPut(1), bbuf.ErrFull)
		_, err := b.TryGet()
		require.NoError(t, err)
		require.NoError(t, b.TryPut(1))
		require.ErrorIs(t, b.TryPut(2), bbuf.ErrFull)
		b.Close()
		require.ErrorIs(t, b.TryPut(2), bbuf.ErrClosed)
	})
}

func TestArrayGetReturnsPendingItemsAfterClose(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		b := k.filled()
		b.Close()
		for i := range k.capacity {
			v, err := b.Get(t.Context())
			require.NoError(t, err)
			require.Equal(t, i, v)
		}
		_, err := b.Get(t.Context())
		require.ErrorIs(t, err, bbuf.ErrClosed)
	})
}

func TestArrayGetWaitsForALatePut(t *testing.T) {
	bubbles(t, func(t *testing.T, k kind) {
		b := k.open()
		begin := time.Now()
		time.AfterFunc(1500*time.Millisecond, func() { must(b.Put(t.Context(), 8)) })
		v, err := b.Get(t.Context())
		require.NoError(t, err)
		require.Equal(t, 8, v)
		require.Equal(t, 1500*time.Millisecond, time.Since(begin))
	})
}

func TestArrayGetTimesOutThenSucceeds(t *testing.T) {
	bubbles(t, func(t *testing.T, k kind) {
		b := k.open()
		time.AfterFunc(1500*time.Millisecond, func() { must(b.Put(t.Context(), 7)) })
		for _, want := range []error{context.DeadlineExceeded, nil} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			_, err := b.Get(ctx)
			cancel()
			require.ErrorIs(t, err, want)
		}
	})
}

func TestArrayPutTimesOutThenSucceeds(t *testing.T) {
	bubbles(t, func(t *testing.T, k kind) {
		b := k.filled()
		time.AfterFunc(1500*time.Millisecond, func() { _, err := b.TryGet(); must(err) })
		for _, want := range []error{context.DeadlineExceeded, nil} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			err := b.Put(ctx, -1)
			cancel()
			require.ErrorIs(t, err, want)
		}
	})
}

func TestArrayTimedPutsAndGetsMeet(t *testing.T) {
	const n = 50
	bubbles(t, func(t *testing.T, k kind) {
		b := k.open()
		again := func(call func(context.Context) error) {
			for {
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
				err := call(ctx)
				cancel()
				if err == nil {
					return
				}
			}
		}
		var wg sync.WaitGroup
		wg.Go(func() {
			for i := range n {
				time.Sleep(time.Duration(i%7) * time.Millisecond)
				again(func(ctx context.Context) error { return b.Put(ctx, i) })
			}
		})
		for i := range n {
			time.Sleep(time.Duration(i%5) * time.Millisecond)
			again(func(ctx context.Context) error {
				v, err := b.Get(ctx)
				if err == nil {
					require.Equal(t, i, v)
				}
				return err
			})
		}
		wg.Wait()
	})
}

func TestArrayPutAfterCloseIsRefused(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		b := k.open()
		b.Close()
		require.ErrorIs(t, b.Put(t.Context(), 1), bbuf.ErrClosed)
		require.ErrorIs(t, b.TryPut(1), bbuf.ErrClosed)
		require.Zero(t, b.Len())
	})
}

func TestArrayCloseWakesEveryPutter(t *testing.T) {
	bubbles(t, func(t *testing.T, k kind) {
		b := k.filled()
		var puts []<-chan result
		for range 10 {
			puts = append(puts, putLater(t.Context(), b, -1))
		}
		b.Close()
		for _, done := range puts {
			require.ErrorIs(t, (<-done).err, bbuf.ErrClosed)
		}
	})
}

func TestArrayCloseWakesEveryGetter(t *testing.T) {
	bubbles(t, func(t *testing.T, k kind) {
		b := k.open()
		var gets []<-chan result
		for range 10 {
			gets = append(gets, getLater(t.Context(), b))
		}
		b.Close()
		for _, done := range gets {
			require.ErrorIs(t, (<-done).err, bbuf.ErrClosed)
		}
	})
}

func TestArrayOneProducerOneConsumer(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		b := k.open()
		const n = 3000
		var wg sync.WaitGroup
		wg.Go(func() {
			for i := range n {
				must(b.Put(t.Context(), i))
			}
		})
		for i := range n {
			v, err := b.Get(t.Context())
			require.NoError(t, err)
			require.Equal(t, i, v)
		}
		wg.Wait()
		_, err := b.TryGet()
		require.ErrorIs(t, err, bbuf.ErrEmpty)
	})
}

func TestArrayManyProducersManyConsumersEachItemOnce(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		b := k.open()
		const n, goroutines = 1000, 4
		var mu sync.Mutex
		seen := make([]int, n)
		var wg sync.WaitGroup
		for range goroutines {
			wg.Go(func() {
				for range n {
					v, err := b.Get(t.Context())
					must(err)
					mu.Lock()
					seen[v]++
					mu.Unlock()
				}
			})
			wg.Go(func() {
				for i := range n {
					must(b.Put(t.Context(), i))
				}
			})
		}
		wg.Wait()
		for _, times := range seen {
			require.Equal(t, goroutines, times)
		}
	})
}

func TestArrayOneGoroutinePutsAndGets(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		b := k.open()
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for i := range 500 {
					must(b.Put(t.Context(), i)) // at most as many items as goroutines are in the way of another's Get
					_, err := b.Get(t.Context())
					must(err)
				}
			})
		}
		wg.Wait()
		require.Zero(t, b.Len())
	})
}

func TestArrayLenStaysWithinBoundsUnderLoad(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		b := k.open()
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				for i := range 2000 {
					must(b.Put(t.Context(), i))
				}
			})
			wg.Go(func() {
				for range 2000 {
					_, err := b.Get(t.Context())
					must(err)
				}
			})
		}
		for range 2000 {
			n := b.Len()
			require.GreaterOrEqual(t, n, 0)
			require.LessOrEqual(t, n, k.capacity)
		}
		wg.Wait()
	})
}

func TestArrayZeroSizedItems(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		b := bbuf.Open[struct{}](k.capacity, k.oneLock)
		var wg sync.WaitGroup
		wg.Go(func() {
			for range 1000 {
				must(b.Put(t.Context(), struct{}{}))
			}
		})
		for range 1000 {
			_, err := b.Get(t.Context())
			must(err)
		}
		wg.Wait()
		require.Zero(t, b.Len())
	})
}

func TestArrayIterationEndsWithClose(t *testing.T) {
	bubbles(t, func(t *testing.T, k kind) {
		b := k.open()
		got := make(chan []int, 1)
		go func() {
			var all []int
			for v := range b.All(t.Context()) {
				all = append(all, v)
			}
			got <- all
		}()
		for i := range 3 {
			must(b.Put(t.Context(), i))
			synctest.Wait()
			require.Empty(t, got, "an empty buffer ends nothing")
		}
		b.Close()
		require.Equal(t, []int{0, 1, 2}, <-got)
	})
}
