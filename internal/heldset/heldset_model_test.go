package heldset_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/interlock-go/interlock/internal/heldset"
)

// kept makes what tests point it at escape to the heap, where sets lie: their addresses count.
var kept any

// TestSetIsAListOfKeys holds the set against a slice, through growth and removal anywhere.
func TestSetIsAListOfKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := new(heldset.Set)
		kept = s
		s.Clear()
		var model []uint64
		check := func() {
			sum := uint64(0)
			require.EqualValues(t, len(model), s.Len())
			for i, key := range model {
				sum += key
				require.Equal(t, key, s.At(uint32(i)).Key&^heldset.Unbound)
				require.EqualValues(t, key>>heldset.FlagBits, s.At(uint32(i)).PC)
			}
			require.Equal(t, sum, s.Sum())
			for i, key := range model {
				require.Equal(t, heldset.Mode(key), heldset.Mode(s.At(uint32(i)).Key))
				require.True(t, s.Holds(heldset.ID(key), heldset.Mode(key)))
				require.Positive(t, s.Count(key))
			}
			require.Equal(t, len(model) == 0, s.Top().Key == 0)
			if s.Idle() {
				require.Empty(t, model)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"": func(*rapid.T) { check() },
			"acquire": func(t *rapid.T) {
				key := rapid.Uint64Range(1, 9).Draw(t, "lock") << heldset.FlagBits
				if rapid.Bool().Draw(t, "read") {
					key ^= heldset.Twist
				}
				if s.Full() {
					s.Grow()
				}
				s.Push(key, uintptr(key>>heldset.FlagBits))
				model = append(model, key)
			},
			"first": func(t *rapid.T) {
				if !s.Idle() {
					t.Skip("holds something")
				}
				s.PushFirst(1<<heldset.FlagBits, 1)
				model = append(model, 1<<heldset.FlagBits)
			},
			"pop": func(t *rapid.T) {
				if len(model) == 0 {
					t.Skip("holds nothing")
				}
				require.Equal(t, model[len(model)-1], s.Top().Key&^heldset.Unbound)
				s.Pop()
				model = model[:len(model)-1]
			},
			"remove": func(t *rapid.T) {
				if len(model) == 0 {
					t.Skip("holds nothing")
				}
				i := rapid.IntRange(0, len(model)-1).Draw(t, "place")
				s.At(uint32(i)).Key |= heldset.Unbound // by the way: it must not count
				s.Remove(i)
				model = slices.Delete(model, i, i+1)
			},
			"clear": func(*rapid.T) {
				s.Clear()
				model = nil
			},
		})
	})
}
