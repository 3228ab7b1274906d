package inherit_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/inherit"
)

// chain makes n tasks with base 0 of which task i owns lock i, and task i+1 waits for it.
func chain(n int) (*inherit.Engine, []inherit.Task, []inherit.Lock) {
	e := &inherit.Engine{}
	all, held := make([]inherit.Task, n), make([]inherit.Lock, n)
	for i := range all {
		e.Own(&all[i], &held[i])
		if i > 0 {
			e.Block(&all[i], &held[i-1], e.Arrive())
		}
	}
	return e, all, held
}

// A boost reaches the end of a chain of any length, and so does its end.
func TestChainIsBoostedToItsEnd(t *testing.T) {
	for _, n := range []int{1, 2, 16, 17, 18, 1024, 1025, 2000} {
		e, all, held := chain(n)
		var h inherit.Task
		h.Init(9)
		e.Block(&h, &held[n-1], e.Arrive())
		for i := range all {
			require.EqualValues(t, 9, all[i].Effective(), "link %d of %d", i, n)
		}
		require.Len(t, e.Cycle(&all[0], &held[n-1]), n)
		e.Leave(&h)
		for i := range all {
			require.Zero(t, all[i].Effective(), "link %d of %d", i, n)
		}
	}
}

// k locks, each with a waiter more urgent than the last, released in every order: the owner runs at
// what the locks that are left give it.
func TestEveryUnlockOrder(t *testing.T) {
	const k = 5
	var order [k]int
	var permute func(n int)
	permute = func(n int) {
		if n == k {
			unlockInOrder(t, order[:])
			return
		}
		for i := range k {
			fresh := true
			for _, o := range order[:n] {
				fresh = fresh && o != i
			}
			if fresh {
				order[n] = i
				permute(n + 1)
			}
		}
	}
	permute(0)
}

func unlockInOrder(t *testing.T, order []int) {
	t.Helper()
	var e inherit.Engine
	var owner inherit.Task
	held, waiter := make([]inherit.Lock, len(order)), make([]inherit.Task, len(order))
	for i := range held {
		e.Own(&owner, &held[i])
		waiter[i].Init(int32(i + 1))
		e.Block(&waiter[i], &held[i], e.Arrive())
	}
	left := map[int]bool{}
	for i := range order {
		left[i] = true
	}
	for _, i := range order {
		e.Disown(&held[i])
		delete(left, i)
		want := int32(0)
		for j := range left {
			want = max(want, int32(j+1))
		}
		require.Equal(t, want, owner.Effective(), "%v", order)
	}
	require.Nil(t, owner.Held())
}

// The walk's price: what one link adds, and that it is the same at every depth.
func BenchmarkBoost(b *testing.B) {
	for _, n := range []int{1, 10, 100, 1000, 2000} {
		b.Run("depth="+strconv.Itoa(n), func(b *testing.B) {
			e, all, held := chain(n)
			var h inherit.Task
			h.Init(9)
			b.ReportAllocs()
			for b.Loop() {
				if e.Cycle(&h, &held[n-1]) != nil {
					b.Fatal("no cycle here")
				}
				e.Block(&h, &held[n-1], 1)
				e.Leave(&h)
			}
			// A round is one look for a cycle and two walks.
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(all))/2, "ns/link")
		})
	}
}
