package bbuf_test

import (
	"testing"
	"testing/synctest"

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
