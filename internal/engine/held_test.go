package engine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/heldset"
)

func TestHeldLocksListsAllOfThem(t *testing.T) {
	for _, n := range []int{1, heldset.Inline, heldset.Inline + 1, 4 * heldset.Inline} {
		afresh(t)
		locks := make([]Core, n)
		r := Enter()
		var want, got []uintptr
		for i := range locks {
			r.take(&locks[i], uintptr(100+i))
			want = append(want, uintptr(100+i))
		}
		for _, h := range heldBy(self()) {
			got = append(got, h.Hold.Stack...)
			require.False(t, h.Finished)
		}
		require.Equal(t, want, got)
		for i := range locks { // in the order in which they were taken, so that each shifts the others
			require.True(t, r.drop(&locks[i]))
			require.Len(t, heldBy(self()), n-1-i)
		}
	}
}

// A hold that somebody else has released is not listed, though its own goroutine has not heard of it yet.
func TestHeldLocksLeavesOutWhatOthersReleased(t *testing.T) {
	afresh(t)
	var a, b Core
	r := Enter()
	r.take(&a, 1)
	r.take(&b, 2)
	other := standIn(80001)
	require.True(t, other.drop(&a))
	require.EqualValues(t, 2, r.held.Len())
	held := heldBy(self())
	require.Len(t, held, 1)
	require.Equal(t, []uintptr{2}, held[0].Hold.Stack)
	require.True(t, r.drop(&b))
	require.Zero(t, r.held.Len(), "the inbox was emptied on the way")
}

func TestManyReadersLeaveAndAreReleasedOneByOne(t *testing.T) {
	afresh(t)
	var l lock
	q := &Request{Core: &l.core, Seen: l.read.Seen(), For: ForRead}
	before := Count().Held
	for i := range uint64(5) {
		r := standIn(80100 + i)
		r.Acquired(q)
		r.takeOver(80200 + i)
	}
	require.Equal(t, before+5, Count().Held)
	stranger := standIn(80300)
	for range 5 {
		require.True(t, stranger.Released(q))
	}
	require.False(t, stranger.Released(q))
	require.Equal(t, before, Count().Held)
}

// A lock that nobody has asked for with another in hand is known by its identity alone.
func TestTypeOfALockThatWasOnlyMetHeld(t *testing.T) {
	afresh(t)
	var l lock
	var m Core
	r := Enter()
	r.Acquired(&Request{Core: &l.core, Seen: l.read.Seen(), For: ForRead, PC: 1})
	r.take(&m, 2)
	held := heldBy(self())
	require.Len(t, held, 2)
	require.Equal(t, "RWMutex", held[0].Hold.Lock.Type)
	require.Equal(t, "Mutex", held[1].Hold.Lock.Type, "it was asked for with the other in hand")
	orders := Snapshot().Orders
	require.Len(t, orders, 1)
	require.Equal(t, "RWMutex", orders[0].Held[0].Lock.Type)
	require.True(t, r.drop(&m))
	require.True(t, r.Released(&Request{Core: &l.core, Seen: l.read.Seen(), For: ForRead}))

	var alone Core
	r.take(&alone, 3)
	require.Equal(t, "Mutex", heldBy(self())[0].Hold.Lock.Type)
	require.True(t, r.drop(&alone))
}
