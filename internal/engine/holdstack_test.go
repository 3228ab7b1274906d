package engine

import (
	"slices"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/interlock-go/interlock/internal/rule"
)

// TestHoldStackIsAListOfKeys holds the stack against a slice, through growth and removal anywhere.
func TestHoldStackIsAListOfKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := standIn(1)
		var model []uint64
		check := func() {
			sum := uint64(0)
			require.EqualValues(t, len(model), r.n())
			for i, key := range model {
				sum += key
				require.Equal(t, key, r.at(uint32(i)).key&^unbound)
				require.EqualValues(t, key>>flagBits, r.at(uint32(i)).pc)
			}
			require.Equal(t, sum, r.sum())
			require.Equal(t, len(model) == 0, r.innermost().key == 0)
			if r.Idle() {
				require.Empty(t, model)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"": func(*rapid.T) { check() },
			"acquire": func(t *rapid.T) {
				key := rapid.Uint64Range(1, 9).Draw(t, "lock") << flagBits
				if rapid.Bool().Draw(t, "read") {
					key ^= readTwist
				}
				r.push(key, uintptr(key>>flagBits))
				model = append(model, key)
			},
			"first": func(t *rapid.T) {
				if !r.Idle() {
					t.Skip("holds something")
				}
				r.PushFirst(1<<flagBits, 1)
				model = append(model, 1<<flagBits)
			},
			"pop": func(t *rapid.T) {
				if len(model) == 0 {
					t.Skip("holds nothing")
				}
				require.True(t, r.Innermost(model[len(model)-1]))
				r.Pop()
				model = model[:len(model)-1]
			},
			"remove": func(t *rapid.T) {
				if len(model) == 0 {
					t.Skip("holds nothing")
				}
				i := rapid.IntRange(0, len(model)-1).Draw(t, "place")
				r.at(uint32(i)).key |= unbound // by the way: it must not count
				r.remove(i)
				model = slices.Delete(model, i, i+1)
			},
			"clear": func(*rapid.T) {
				r.clear()
				model = nil
			},
		})
	})
}

func TestAnOrderIsKnownUnderTheSumOfItsHolds(t *testing.T) {
	r := standIn(1)
	require.True(t, r.Ready(0), "nothing is held, so nothing can be out of order")
	require.False(t, r.Known(0), "but a writer may stand in somebody's way")
	require.True(t, r.Known(phaseSalt))
	r.push(5<<flagBits, 1)
	require.False(t, r.Ready(0))
	require.True(t, r.Ready(5<<flagBits+phaseSalt), "known of everybody")
	require.True(t, r.Ready((5<<flagBits+phaseSalt)^r.salt), "known of this goroutine")
	for range inlineHolds - 1 {
		r.push(5<<flagBits, 1)
	}
	require.False(t, r.Ready(inlineHolds*5<<flagBits+phaseSalt), "there is no room")
}

// TestAGrownStackIsEmptyAgain: the slots have moved, and what is empty stands elsewhere.
func TestAGrownStackIsEmptyAgain(t *testing.T) {
	r := standIn(1)
	for i := range uint64(inlineHolds + 1) {
		r.push((i+1)<<flagBits, 1)
	}
	for r.n() > 0 {
		r.Pop()
	}
	require.True(t, r.Ready(0))
	require.False(t, r.Known(0), "a writer's wish has still to be learnt")
}

func TestDeliveredHoldsCloseTheFastPath(t *testing.T) {
	r := standIn(1)
	r.push(1<<flagBits, 1)
	r.deliver(1 << flagBits)
	require.False(t, r.Ready(1<<flagBits+phaseSalt))
	r.push(2<<flagBits, 1) // as a TryLock does, which settles nothing
	require.EqualValues(t, 2, r.n())
	r.settle()
	require.EqualValues(t, 1, r.n())
	require.True(t, r.holds(2<<flagBits, rule.Write))
	require.True(t, r.Ready(2<<flagBits+phaseSalt))
}

// TestRecordsFillCacheLines: neighbours in a slab would otherwise slow each other down.
func TestRecordsFillCacheLines(t *testing.T) {
	if unsafe.Sizeof(uintptr(0)) != 8 {
		t.Skip("laid out for 64-bit machines")
	}
	require.EqualValues(t, 256, unsafe.Sizeof(Record{}))
}

func TestACopyHasAnIdentityOfItsOwn(t *testing.T) {
	locks := new([2]Core)
	kept = locks
	id := locks[0].identify()
	locks[0].SetWaited()
	locks[1].id.Store(locks[0].id.Load()) // what copying the struct does
	require.Equal(t, id, locks[0].identify())
	require.NotEqual(t, id, locks[1].identify())
	require.Equal(t, locks[1].identify(), locks[1].Key())
	require.Zero(t, id&flags)
	require.Equal(t, id, keyID(locks[0].ReadKey()))
	require.Equal(t, rule.Read, keyMode(locks[0].ReadKey()))
	require.Equal(t, rule.Write, keyMode(locks[0].Key()))
}

// TestNamesOfOrdersSpread: a cache whose places all have one number holds one order.
func TestNamesOfOrdersSpread(t *testing.T) {
	m := new(mind)
	places := map[*uint64]bool{}
	for i := range uint64(100) {
		places[m.place(orderOf(scramble(2*i+1)+phaseSalt, scramble(2*i+2)))] = true
	}
	require.Greater(t, len(places), len(m.known)/2)
}
