package stackdepot_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/interlock-go/interlock/internal/stackdepot"
)

func TestEachStackIsKeptOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var d stackdepot.Depot
		numbers := map[string]uint32{}
		for range rapid.IntRange(0, 200).Draw(t, "stacks") {
			stack := rapid.SliceOfN(rapid.UintptrRange(4096, 4099), 0, 4).Draw(t, "stack")
			name := fmt.Sprint(stack)
			number := d.Intern(stack)
			if had, ok := numbers[name]; ok {
				require.Equal(t, had, number)
			}
			numbers[name] = number
			require.Equal(t, name, fmt.Sprint(d.Get(number)))
			clear(stack) // the depot has a copy
			require.Equal(t, name, fmt.Sprint(d.Get(number)))
		}
		taken := map[uint32]bool{}
		for _, n := range numbers {
			require.False(t, taken[n])
			taken[n] = true
		}
	})
}
