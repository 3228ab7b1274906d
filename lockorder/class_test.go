package lockorder_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/interlock-go/interlock/lockorder"
)

func TestClassesKeepNameNumberAndRank(t *testing.T) {
	a, b := lockorder.NewClass("class-a", lockorder.NestByRank), lockorder.NewClass("class-b")
	require.Equal(t, "class-a", a.String())
	idA, rank := a.Key()
	require.NotZero(t, idA)
	require.Zero(t, rank)
	idB, _ := b.Key()
	require.NotEqual(t, idA, idB)

	id, rank := a.Rank(-7).Key()
	require.Equal(t, idA, id)
	require.Equal(t, int64(-7), rank)
	_, rank = a.Key()
	require.Zero(t, rank)

	var none *lockorder.Class
	id, rank = none.Key()
	require.Zero(t, id)
	require.Zero(t, rank)
	require.Equal(t, "<no class>", none.String())
}

func TestClassMisusePanics(t *testing.T) {
	a := lockorder.NewClass("misuse")
	require.PanicsWithValue(t, "lockorder: NewClass with an empty name", func() { lockorder.NewClass("") })
	require.PanicsWithValue(t, "lockorder: NewClass with an unknown Nesting(9)", func() { lockorder.NewClass("x", lockorder.Nesting(9)) })
	require.PanicsWithValue(t, "lockorder: Order with a nil class", func() { lockorder.Order(a, nil) })
	require.PanicsWithValue(t, "lockorder: Order: misuse before itself", func() { lockorder.Order(a, a.Rank(2)) })
	require.PanicsWithValue(t, "lockorder: AllowOrder of a nil class", func() { lockorder.AllowOrder(nil, a) })
	lockorder.Order()
	lockorder.Order(a)
	lockorder.AllowOrder(a, lockorder.NewClass("misuse-2"))
}

func TestContradictingOrderIsRefusedWhole(t *testing.T) {
	a, b, c, d := lockorder.NewClass("first"), lockorder.NewClass("second"), lockorder.NewClass("third"), lockorder.NewClass("fourth")
	lockorder.Order(a, b)
	lockorder.Order(b, c)
	require.PanicsWithValue(t, "lockorder: Order: third before first contradicts the declared first before second before third",
		func() { lockorder.Order(d, c, a) })
	lockorder.Order(c, d) // d before c was not kept
}

// Whatever is declared, in whatever pieces: an order is refused exactly when
// the orders accepted so far say the opposite of one of its pairs.
func TestOrderRefusesExactlyCycles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const n = 5
		classes := make([]*lockorder.Class, n)
		for i := range classes {
			classes[i] = lockorder.NewClass("rapid")
		}
		var before [n][n]bool // transitively closed
		for range rapid.IntRange(0, 12).Draw(t, "orders") {
			pick := rapid.SliceOfNDistinct(rapid.IntRange(0, n-1), 2, 3, rapid.ID[int]).Draw(t, "classes")
			refused := false
			var args []*lockorder.Class
			for i, x := range pick {
				args = append(args, classes[x])
				for _, y := range pick[i+1:] {
					refused = refused || before[y][x]
				}
			}
			if refused {
				require.Panics(t, func() { lockorder.Order(args...) })
				continue
			}
			require.NotPanics(t, func() { lockorder.Order(args...) })
			for i := 1; i < len(pick); i++ {
				before[pick[i-1]][pick[i]] = true
			}
			for k := range n {
				for i := range n {
					for j := range n {
						before[i][j] = before[i][j] || before[i][k] && before[k][j]
					}
				}
			}
		}
	})
}

var runs atomic.Int32

func TestReportNamesTheBrokenDeclaration(t *testing.T) {
	run := runs.Add(1) // a name that two classes have names no rule, and -count=2 runs this twice
	class := func(name string, opts ...lockorder.ClassOption) *lockorder.Class {
		return lockorder.NewClass(fmt.Sprint(name, run), opts...)
	}
	low, mid, high := class("low"), class("mid"), class("high", lockorder.NestNone)
	want := fmt.Sprintf("low%d before mid%[1]d before high%[1]d", run)
	lockorder.Order(low, mid, high)
	r := lockorder.Explain(report(lockorder.Violation, lockorder.KindDeclaredOrder,
		step(1, aMutex(1, high.String()), aMutex(2, low.String()), 10)))
	require.Equal(t, want, r.Rule)
	require.Contains(t, r.Summary, "against the declared order "+want)

	r = lockorder.Explain(report(lockorder.Violation, lockorder.KindClassNesting,
		step(1, aMutex(1, high.String()), aMutex(2, high.String()), 10)))
	require.Equal(t, "NestNone", r.Rule)
}

func TestPhaseEndsOnce(t *testing.T) {
	end := lockorder.Phase("start-up")
	end()
	require.NotPanics(t, end)
}
