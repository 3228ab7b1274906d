package heldset_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/heldset"
)

// What is left against a count for each key, with keys that many goroutines hold at once.
func TestAbandonedIsACountForEachKey(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var a heldset.Abandoned
	model := map[uint64]int{}
	total := 0
	for range 20_000 {
		key := 1 + r.Uint64N(40)
		if r.IntN(100) < 50 {
			a.Put(heldset.Left{Key: key, Goroutine: key})
			model[key]++
			total++
			continue
		}
		require.Equal(t, model[key] > 0, a.Take(key))
		if model[key] > 0 {
			model[key]--
			total--
		}
	}
	kept, most := 0, a.Slots()
	for i := range a.Slots() {
		if h := a.At(i); h.Key != 0 {
			kept++
			require.Equal(t, h.Key, h.Goroutine, "a hold is of who left it")
		}
	}
	require.Equal(t, total, kept)
	require.Less(t, most, 20_000/4, "places are used again")
	for key, n := range model {
		for range n {
			require.True(t, a.Take(key))
		}
		require.False(t, a.Take(key))
	}
	for i := range a.Slots() {
		require.Zero(t, a.At(i))
	}
}
