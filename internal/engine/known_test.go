package engine

import (
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestKnownSetGrowsAndKeepsAll(t *testing.T) {
	var k knownSet
	require.False(t, k.has(5))
	r := rand.New(rand.NewPCG(3, 4))
	orders := make([]uint64, 20*firstKnown)
	for i := range orders {
		orders[i] = r.Uint64() | 1
		k.add(orders[i])
		k.add(orders[i]) // once is enough
		require.Equal(t, i+1, k.count)
	}
	for _, order := range orders {
		require.True(t, k.has(order))
		require.False(t, k.has(order^2))
	}
	k.add(0)
	require.Equal(t, len(orders), k.count, "0 is an empty slot")
	k.clear()
	require.False(t, k.has(orders[0]))
	k.add(orders[0])
	require.True(t, k.has(orders[0]))
	require.False(t, k.has(orders[1]))
}

func TestKnownSetIsBoundedAndStartsAfresh(t *testing.T) {
	var k knownSet
	most := 0
	for n := uint64(1); n <= mostKnown; n++ {
		k.add(orderOf(n, n<<1))
		most = max(most, len(*k.at.Load()))
	}
	require.Equal(t, mostKnown, most)
	require.Less(t, k.count, mostKnown)
	require.True(t, k.has(orderOf(mostKnown, mostKnown<<1)), "the last one is known")
	require.False(t, k.has(orderOf(1, 2)), "the first ones were given up")
}

func TestKnownSetIsReadWhileItGrows(t *testing.T) {
	var k knownSet
	var added atomic.Uint64
	var wrong atomic.Uint64
	const last = 8 * firstKnown
	together(3, func(i int) {
		if i == 0 {
			for n := uint64(1); n <= last; n++ {
				k.add(scramble(n))
				added.Store(n)
			}
			return
		}
		for r := rand.New(rand.NewPCG(uint64(i), 1)); added.Load() < last; {
			if n := added.Load(); n > 0 && !k.has(scramble(1+r.Uint64N(n))) || k.has(scramble(last+1)) {
				wrong.Add(1)
			}
		}
	})
	require.Zero(t, wrong.Load())
}
