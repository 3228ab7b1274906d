package fingerprint_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/interlock-go/interlock/internal/fingerprint"
)

func TestWordIsNeverZero(t *testing.T) {
	require.NotZero(t, fingerprint.Word(5, 5), "the product is 0")
}

func TestAddressesTellStacksApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stack := rapid.SliceOfN(rapid.UintptrMin(4096), 0, 5) // no code lies below
		a, b := stack.Draw(t, "a"), stack.Draw(t, "b")
		require.Equal(t, fingerprint.Addresses(1, a) == fingerprint.Addresses(1, b), slices.Equal(a, b))
	})
}

func TestPlace(t *testing.T) {
	require.Equal(t, fingerprint.Place("a.go", 1), fingerprint.Place("a.go", 1))
	require.NotEqual(t, fingerprint.Place("a.go", 1), fingerprint.Place("a.go", 2))
	require.NotEqual(t, fingerprint.Place("a.go", 1), fingerprint.Place("b.go", 1))
}

func TestCountsBehaveAsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var counts fingerprint.Counts
		model := map[uint64]uint64{}
		var order []uint64
		for _, id := range rapid.SliceOfN(rapid.Uint64Range(1, 40), 0, 100).Draw(t, "ids") {
			_, met := model[id]
			require.Equal(t, !met, counts.First(id))
			if met {
				model[id]++
			} else {
				model[id] = 0
				order = append(order, id)
			}
		}
		require.Equal(t, len(order), counts.Len())
		for i, want := range order {
			id, again := counts.At(i)
			require.Equal(t, want, id)
			require.Equal(t, model[id], again)
		}
	})
}
