package wordset

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSetGrowsAndKeepsAll(t *testing.T) {
	var k Set
	require.False(t, k.Has(5))
	r := rand.New(rand.NewPCG(3, 4))
	words := make([]uint64, 20*first)
	for i := range words {
		words[i] = r.Uint64() | 1
		k.Add(words[i])
		k.Add(words[i]) // once is enough
		require.Equal(t, i+1, k.count)
	}
	for _, word := range words {
		require.True(t, k.Has(word))
		require.False(t, k.Has(word^2))
	}
	k.Add(0)
	require.Equal(t, len(words), k.count, "0 is an empty slot")
	k.Clear()
	require.False(t, k.Has(words[0]))
	k.Add(words[0])
	require.True(t, k.Has(words[0]))
	require.False(t, k.Has(words[1]))
}

func TestSetIsBoundedAndStartsAfresh(t *testing.T) {
	var k Set
	largest := 0
	for n := uint64(1); n <= most; n++ {
		k.Add(spread(n))
		largest = max(largest, len(*k.at.Load()))
	}
	require.Equal(t, most, largest)
	require.Less(t, k.count, most)
	require.True(t, k.Has(spread(most)), "the last one is known")
	require.False(t, k.Has(spread(1)), "the first ones were given up")
}

func TestSetIsReadWhileItGrows(t *testing.T) {
	var k Set
	var added, wrong atomic.Uint64
	const last = 8 * first
	var all sync.WaitGroup
	all.Go(func() {
		for n := uint64(1); n <= last; n++ {
			k.Add(spread(n))
			added.Store(n)
		}
	})
	for i := range 2 {
		all.Go(func() {
			for r := rand.New(rand.NewPCG(uint64(i), 1)); added.Load() < last; {
				if n := added.Load(); n > 0 && !k.Has(spread(1+r.Uint64N(n))) || k.Has(spread(last+1)) {
					wrong.Add(1)
				}
			}
		})
	}
	all.Wait()
	require.Zero(t, wrong.Load())
}

// spread is a word for a number, which differs from those of all others.
func spread(n uint64) uint64 { return n * 0x9e3779b97f4a7c15 }
