package hashtable_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/interlock-go/interlock/internal/hashtable"
)

// TestTableBehavesAsMap draws keys from few values with equal low or high bits,
// so that probe sequences collide and wrap, and deletions have to shift.
func TestTableBehavesAsMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var table hashtable.Table
		model := map[uint64]uint32{}
		key := rapid.Custom(func(t *rapid.T) uint64 {
			k := rapid.Uint64Range(1, 40).Draw(t, "low")
			return k << rapid.SampledFrom([]int{0, 32}).Draw(t, "shift")
		})
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				k, v := key.Draw(t, "key"), rapid.Uint32().Draw(t, "val")
				table.Put(k, v)
				model[k] = v
			},
			"delete": func(t *rapid.T) {
				k := key.Draw(t, "key")
				_, had := model[k]
				require.Equal(t, had, table.Delete(k))
				delete(model, k)
			},
			"get": func(t *rapid.T) {
				k := key.Draw(t, "key")
				want, had := model[k]
				got, ok := table.Get(k)
				require.Equal(t, had, ok)
				if had {
					require.Equal(t, want, got)
				}
			},
			"": func(t *rapid.T) {
				require.Equal(t, len(model), table.Len())
				seen := map[uint64]uint32{}
				for i := range table.Cap() {
					if k, v, ok := table.At(i); ok {
						seen[k] = v
					}
				}
				require.Equal(t, model, seen)
			},
		})
	})
}

func TestZeroKeyIsRefused(t *testing.T) {
	var table hashtable.Table
	require.Panics(t, func() { table.Put(0, 1) })
	_, ok := table.Get(0)
	require.False(t, ok)
	require.False(t, table.Delete(0))
	table.Put(7, 1)
	_, ok = table.Get(0)
	require.False(t, ok)
	require.False(t, table.Delete(0))
}

func TestChurnDoesNotGrowTheTable(t *testing.T) {
	var table hashtable.Table
	for i := uint64(1); i < 100_000; i++ {
		table.Put(i, uint32(i))
		if i > 10 {
			require.True(t, table.Delete(i-10))
		}
	}
	require.Equal(t, 10, table.Len())
	require.LessOrEqual(t, table.Cap(), 16)
}
