//go:build !interlock_off

package mutex_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/goroutine"
	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

type parts = []func()

func TestOrder(t *testing.T) {
	play(t, []scenario{
		{"AB BA", lockorder.Potential, func(l *locks) parts {
			return parts{nesting(&l.a, &l.b), nesting(&l.b, &l.a)}
		}},
		{"AB AB", nothing, func(l *locks) parts {
			return parts{nesting(&l.a, &l.b), nesting(&l.a, &l.b)}
		}},
		{"A>B>C then C>A", lockorder.Potential, func(l *locks) parts {
			return parts{nesting(&l.a, &l.b, &l.c), nesting(&l.c, &l.a)}
		}},
		{"A>B>C then A>C", nothing, func(l *locks) parts {
			return parts{nesting(&l.a, &l.b, &l.c), nesting(&l.a, &l.c), nesting(&l.b, &l.c)}
		}},
		{"AB CD BD DA", lockorder.Potential, func(l *locks) parts {
			return parts{nesting(&l.a, &l.b), nesting(&l.c, &l.d), nesting(&l.b, &l.d), nesting(&l.d, &l.a)}
		}},
		{"AB CD BD AD", nothing, func(l *locks) parts {
			return parts{nesting(&l.a, &l.b), nesting(&l.c, &l.d), nesting(&l.b, &l.d), nesting(&l.a, &l.d)}
		}},
		{"gate", lockorder.Guarded, func(l *locks) parts {
			return parts{nesting(&l.s, &l.a, &l.b), nesting(&l.s, &l.b, &l.a)}
		}},
		{"gate on one side", lockorder.Potential, func(l *locks) parts {
			return parts{nesting(&l.s, &l.a, &l.b), nesting(&l.b, &l.a)}
		}},
		{"read gate", lockorder.Potential, func(l *locks) parts {
			return parts{nesting(l.ra.RLocker(), &l.a, &l.b), nesting(l.ra.RLocker(), &l.b, &l.a)}
		}},
		{"read gate that one side writes", lockorder.Guarded, func(l *locks) parts {
			return parts{nesting(l.ra.RLocker(), &l.a, &l.b), nesting(&l.ra, &l.b, &l.a)}
		}},
		{"gate released early", lockorder.Potential, func(l *locks) parts {
			early := func(x, y *mutex.Mutex) func() {
				return func() {
					l.s.Lock()
					x.Lock()
					l.s.Unlock()
					nest(y)
					x.Unlock()
				}
			}
			return parts{early(&l.a, &l.b), early(&l.b, &l.a)}
		}},
		{"both orders in one goroutine", lockorder.Ordered, func(l *locks) parts {
			return parts{func() { nest(&l.a, &l.b); nest(&l.b, &l.a) }}
		}},
		{"never nested", nothing, func(l *locks) parts {
			return parts{func() { nest(&l.a); nest(&l.b) }, func() { nest(&l.b); nest(&l.a) }}
		}},
		{"unlock out of order, B>C and C>B", lockorder.Potential, func(l *locks) parts {
			return parts{outOfOrder(l), nesting(&l.c, &l.b)}
		}},
		{"unlock out of order, then C>A", lockorder.Ordered, func(l *locks) parts {
			return parts{outOfOrder(l), nesting(&l.c, &l.a)} // A>B and B>C are of one goroutine, and A>C was never
		}},
		{"unlock out of order, B>C again", nothing, func(l *locks) parts {
			return parts{outOfOrder(l), nesting(&l.b, &l.c)}
		}},
	})
}

// outOfOrder holds A and B, then B alone, then B and C.
func outOfOrder(l *locks) func() {
	return func() {
		l.a.Lock()
		l.b.Lock()
		l.a.Unlock()
		l.c.Lock()
		l.b.Unlock()
		l.c.Unlock()
	}
}

func TestRingInEveryOrderOfSections(t *testing.T) {
	for _, p := range [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		t.Run(fmt.Sprint(p), func(t *testing.T) {
			w := detect(t)
			var l [3]mutex.Mutex
			for _, i := range p {
				w.Want(nothing)
				elsewhere(nesting(&l[i], &l[(i+1)%3]))
			}
			require.Len(t, w.Only(lockorder.Potential).Edges, 3)
		})
	}
}

func TestLongRings(t *testing.T) {
	for _, n := range []int{4, 5, 10, 25, 40, 64} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			w := detect(t)
			l := make([]mutex.Mutex, n)
			for i := range n - 1 {
				elsewhere(nesting(&l[i], &l[i+1]))
			}
			elsewhere(nesting(&l[0], &l[n-1]))
			w.Want(nothing)
			elsewhere(nesting(&l[n-1], &l[0]))
			require.Len(t, w.Want(lockorder.Potential).Edges, 2, "the shortest: the first and the last know each other")
		})
		t.Run(fmt.Sprint(n, " without a chord"), func(t *testing.T) {
			w := detect(t)
			l := make([]mutex.Mutex, n)
			for i := range n {
				w.Want(nothing)
				elsewhere(nesting(&l[i], &l[(i+1)%n]))
			}
			r := w.Only(lockorder.Potential)
			require.Len(t, r.Edges, n)
			for i, e := range r.Edges {
				next := r.Edges[(i+1)%n]
				require.Equal(t, e.Want.Lock, next.Held[next.Via].Lock)
			}
		})
	}
}

func TestJoinAndPhase(t *testing.T) {
	var l locks
	w := detect(t)
	inTurn(nesting(&l.a, &l.b), nesting(&l.b, &l.a))
	// One was over before the other began. Where the runtime's g is out of reach nobody can tell
	// that a goroutine has finished, and nothing is claimed.
	require.Equal(t, !goroutine.Direct, w.Only(lockorder.Potential).Overlap)

	w = detect(t)
	end := lockorder.Phase("start-up")
	elsewhere(nesting(&l.c, &l.d))
	end()
	elsewhere(nesting(&l.d, &l.c))
	w.Only(lockorder.Ordered)
}

func TestOverlap(t *testing.T) {
	var l locks
	w := detect(t)
	begun, over := make(chan struct{}), make(chan struct{})
	var both sync.WaitGroup
	both.Go(func() {
		nest(&l.a, &l.b)
		close(begun)
		<-over // alive until the other is through
	})
	<-begun
	both.Go(func() { nest(&l.b, &l.a); close(over) })
	both.Wait()
	require.True(t, w.Only(lockorder.Potential).Overlap)
}

func TestClasses(t *testing.T) {
	accounts := lockorder.NewClass("account")
	journals := lockorder.NewClass("journal")
	pairs := func(inverse bool) func(t *testing.T) {
		return func(t *testing.T) {
			w := detect(t)
			var a, b, c, d mutex.Mutex // a, b of one transfer, c, d of another
			mutex.SetClass(&a, accounts)
			mutex.SetClass(&b, journals)
			mutex.SetClass(&c, accounts)
			mutex.SetClass(&d, journals)
			if inverse {
				inTurn(nesting(&a, &b), nesting(&d, &c))
				require.Equal(t, "account", w.Only(lockorder.Potential).Edges[0].Want.Lock.Class)
				return
			}
			inTurn(nesting(&a, &b), nesting(&c, &d))
			w.Want(nothing)
		}
	}
	t.Run("instances in both orders", pairs(true))
	t.Run("instances in one order", pairs(false))
	t.Run("by rank", func(t *testing.T) {
		ranked := lockorder.NewClass("ranked", lockorder.NestByRank)
		var l [3]mutex.Mutex
		for i := range l {
			mutex.SetClass(&l[i], ranked.Rank(int64(i)))
		}
		w := detect(t)
		inTurn(nesting(&l[0], &l[1]), nesting(&l[1], &l[2]), nesting(&l[0], &l[2]))
		w.Want(nothing)
		elsewhere(nesting(&l[2], &l[0]))
		w.Only(lockorder.Violation)
	})
	t.Run("by address", func(t *testing.T) {
		addressed := lockorder.NewClass("addressed", lockorder.NestByAddress)
		l := make([]mutex.Mutex, 3) // an array's addresses ascend
		for i := range l {
			mutex.SetClass(&l[i], addressed)
		}
		w := detect(t)
		inTurn(nesting(&l[0], &l[1]), nesting(&l[1], &l[2]), nesting(&l[0], &l[2]))
		w.Want(nothing)
		elsewhere(nesting(&l[1], &l[0]))
		w.Only(lockorder.Violation)
	})
}

func TestHandOverHand(t *testing.T) {
	walk := func(l []*mutex.Mutex) func() {
		return func() {
			l[0].Lock()
			for i := range len(l) - 1 {
				l[i+1].Lock()
				l[i].Unlock()
			}
			l[len(l)-1].Unlock()
		}
	}
	list := make([]*mutex.Mutex, 20)
	for i := range list {
		list[i] = new(mutex.Mutex)
	}
	w := detect(t)
	inTurn(walk(list), walk(list), walk(list[5:]))
	w.Want(nothing)
	slices.Reverse(list)
	elsewhere(walk(list))
	w.Want(lockorder.Potential)
}
