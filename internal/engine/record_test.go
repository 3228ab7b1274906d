package engine

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/heldset"
	"github.com/interlock-go/interlock/internal/rule"
)

func TestAnOrderIsKnownUnderTheSumOfItsHolds(t *testing.T) {
	r := standIn(1)
	require.True(t, r.Ready(0), "nothing is held, so nothing can be out of order")
	require.False(t, r.Known(0), "but a writer may stand in somebody's way")
	require.True(t, r.Known(phaseSalt))
	r.push(5<<flagBits, 1)
	require.False(t, r.Ready(0))
	require.True(t, r.Ready(5<<flagBits+phaseSalt), "known of everybody")
	require.True(t, r.Ready((5<<flagBits+phaseSalt)^r.salt), "known of this goroutine")
	for range heldset.Inline - 1 {
		r.push(5<<flagBits, 1)
	}
	require.False(t, r.Ready(heldset.Inline*5<<flagBits+phaseSalt), "there is no room")
}

// TestAGrownStackIsEmptyAgain: the slots have moved, and what is empty stands elsewhere.
func TestAGrownStackIsEmptyAgain(t *testing.T) {
	r := standIn(1)
	for i := range uint64(heldset.Inline + 1) {
		r.push((i+1)<<flagBits, 1)
	}
	for r.held.Len() > 0 {
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
	require.EqualValues(t, 2, r.held.Len())
	r.settle()
	require.EqualValues(t, 1, r.held.Len())
	require.True(t, r.held.Holds(2<<flagBits, rule.Write))
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
	require.Equal(t, id, heldset.ID(locks[0].ReadKey()))
	require.Equal(t, rule.Read, heldset.Mode(locks[0].ReadKey()))
	require.Equal(t, rule.Write, heldset.Mode(locks[0].Key()))
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
