package engine

import (
	"sync"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// together calls f on n goroutines that are alive at once, and waits for them to finish.
func together(n int, f func(i int)) {
	var called, done sync.WaitGroup
	called.Add(n)
	for i := range n {
		done.Go(func() {
			f(i)
			called.Done()
			called.Wait()
		})
	}
	done.Wait()
}

func TestEveryGoroutineHasOneRecordOfItsOwn(t *testing.T) {
	const n = 1000 // the table grows several times meanwhile
	seen, ids := make([]*Record, n), make([]uint64, n)
	again := make([]bool, n)
	together(n, func(i int) {
		seen[i] = Enter()
		ids[i] = seen[i].goid ^ self()
		again[i] = Enter() == seen[i]
	})
	require.Equal(t, make([]uint64, n), ids)
	require.NotContains(t, again, false)
	distinct := map[*Record]bool{}
	for _, r := range seen {
		distinct[r] = true
	}
	require.Len(t, distinct, n)
	listed := 0
	for i, r := records.next(0); r != nil; i, r = records.next(i) {
		listed++
		delete(distinct, r)
	}
	require.Empty(t, distinct, "next lists all")
	require.Equal(t, records.count, listed)
}

// Whoever looks for itself while others are filed and the table grows finds itself.
func TestRegistryIsReadWhileItGrows(t *testing.T) {
	const each, filers = 2000, 4
	var g registry
	space := make([]byte, 64*(each*filers+1)) // addresses that are no goroutine's
	missed := make([]int, filers)
	together(filers, func(i int) {
		mine := make([]*Record, each)
		for k := range mine {
			gp := unsafe.Pointer(&space[64*(i*each+k)])
			if g.find(uintptr(gp)) != nil {
				missed[i]++
			}
			mine[k] = g.add(gp, uint64(i*each+k+1))
			for _, r := range []*Record{mine[k], mine[k/2], mine[0]} {
				if g.find(uintptr(r.gp)) != r {
					missed[i]++
				}
			}
		}
	})
	require.Equal(t, make([]int, filers), missed)
	require.Equal(t, each*filers, g.count)
	slots := len(g.table.Load().at)
	require.GreaterOrEqual(t, slots, 2*g.count, "half of the slots stay empty, or searches would be long")
	require.Less(t, slots, 8*g.count)
	require.Nil(t, g.find(uintptr(unsafe.Pointer(&space[64*each*filers]))))
}

func TestTakenOverRecordBeginsAfresh(t *testing.T) {
	afresh(t)
	var a, b, c Core
	r := standIn(70001)
	r.nest(1, &a, &b)
	r.take(&c, 9)
	r.state = giver | inRing
	salt := r.salt
	require.Contains(t, r.mind.known, func() uint64 {
		for _, order := range r.mind.known {
			if order != 0 {
				return order
			}
		}
		return 1
	}(), "the order was put into the goroutine's own cache")
	r.takeOver(70002)
	require.Equal(t, uint64(70002), r.goid)
	require.Zero(t, r.held.Len())
	require.Zero(t, r.state)
	require.NotEqual(t, salt, r.salt)
	require.Equal(t, [16]uint64{}, r.mind.known, "what one goroutine was seen to do, another was not")
	require.True(t, standIn(70003).drop(&c), "the hold is left behind for whoever releases it")
}
