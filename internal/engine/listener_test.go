package engine

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// heardOrders has the goroutines of the orders that a listener is told.
func heardOrders(t *testing.T) *[]uint64 {
	afresh(t)
	heard := &[]uint64{}
	SetOrderSink(func(o Order) { *heard = append(*heard, o.Goroutine) })
	t.Cleanup(func() { orderSink.Store(nil) })
	return heard
}

func TestAListenerHearsOnceOfWhatShortLivedLocksRepeat(t *testing.T) {
	heard := heardOrders(t)
	first, second := standIn(1), standIn(2)
	for range 100 {
		tell(first, 10, 20)
	}
	require.Equal(t, []uint64{1}, *heard)
	tell(second, 10, 20)
	tell(first, 10, 30)
	tell(first, 30, 20)
	require.Equal(t, []uint64{1, 2, 1, 1}, *heard, "another goroutine and other places are news")
}

// The second goroutine uses an order of known locks. Merged graphs have to know it,
// because an order that two have taken is no one's private one.
func TestAListenerHearsOfASecondGoroutineOnTheSameLocks(t *testing.T) {
	heard := heardOrders(t)
	locks := new([2]Core)
	kept = locks
	for _, goid := range []uint64{1, 2, 2, 1} {
		r := standIn(goid)
		r.take(&locks[0], 10)
		Emit(before(r, &locks[1], 20))
		r.drop(&locks[0])
	}
	require.Equal(t, []uint64{1, 2}, *heard)
}

func TestAListenerHearsOfAFewGoroutinesOnly(t *testing.T) {
	heard := heardOrders(t)
	for goid := range uint64(100) {
		tell(standIn(goid+1), 10, 20)
	}
	require.Len(t, *heard, MaxHeard)
}

// tell nests two locks that nobody has seen and passes on what is new in it.
func tell(r *Record, outer, inner uintptr) {
	locks := new([2]Core)
	kept = locks
	r.take(&locks[0], outer)
	Emit(before(r, &locks[1], inner))
	r.drop(&locks[0])
}

func before(r *Record, c *Core, pc uintptr) *News {
	return r.Before(&Request{Core: c, Seen: c.Seen(), For: ForMutex, PC: pc})
}
