package bbuf_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// More came than there was when the slice to drain into was made: it is not left behind, and none of it is taken.
func TestDrainTakesAllOrNothing(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		b := k.filled()
		taken, all := b.Drained(k.capacity - 1)
		require.False(t, all)
		require.Empty(t, taken)
		require.Equal(t, k.capacity, b.Len())
		taken, all = b.Drained(k.capacity + 1)
		require.True(t, all)
		require.Len(t, taken, k.capacity)
	})
}

// A PutN that waits itself brings more than the ring holds to more calls than it can serve at once: each turn of one side gives the other
// another, and nobody is left waiting at what is there.
func TestPutNServesMoreGetsThanTheRingHolds(t *testing.T) {
	bubbles(t, func(t *testing.T, k kind) {
		b := k.open()
		gets := make([]<-chan result, 2*k.capacity+1)
		for i := range gets {
			gets[i] = getLater(t.Context(), b)
		}
		vs := make([]int, len(gets)+k.capacity)
		for i := range vs {
			vs[i] = i
		}
		n, err := b.PutN(t.Context(), vs)
		require.NoError(t, err)
		require.Len(t, vs, n)
		synctest.Wait()
		put, get := b.Waiting()
		require.Zero(t, put+get, "nobody waits in front of items")
		for i, c := range gets {
			require.Equal(t, result{v: i}, <-c)
		}
		require.Equal(t, vs[len(gets):], b.Drain())
	})
}

// A Put waits at a full buffer only, also where a waiter for it lies ready.
func TestPutThatHasWaitedFillsTheBuffer(t *testing.T) {
	bubbles(t, func(t *testing.T, k kind) {
		b := k.filled()
		empty, filled := make(chan struct{}), make(chan error)
		go func() {
			must(b.Put(t.Context(), 0))
			<-empty
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			var err error
			for range k.capacity {
				err = errors.Join(err, b.Put(ctx, 0))
			}
			filled <- err
		}()
		synctest.Wait()
		b.Drain()
		require.Len(t, b.Drain(), 1)
		close(empty)
		require.NoError(t, <-filled)
		require.Equal(t, k.capacity, b.Len())
	})
}

// A Put that found the buffer full looks once more before it waits.
func TestPutThatIsAboutToQueueLooksOnceMore(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		b := k.open()
		for i := range k.capacity {
			require.False(t, b.PutLate(i))
		}
		for i := range k.capacity {
			v, err := b.TryGet()
			require.NoError(t, err)
			require.Equal(t, i, v)
		}
	})
}
