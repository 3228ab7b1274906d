package engine

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/rule"
)

// requireShapes fails unless the groups count what is there, and what went with its lock and left a place that
// nobody has taken yet.
func requireShapes(t *testing.T) {
	t.Helper()
	have := map[uint64]uint32{}
	for _, d := range eng.deps {
		if d.shape != 0 {
			have[d.shape]++
		}
	}
	require.Equal(t, len(have), eng.ageing.shapes.Len())
	for shape, n := range have {
		counted, ok := eng.ageing.shapes.Get(shape)
		require.True(t, ok)
		require.Equal(t, n, counted)
	}
}

func TestOldInversionIsFoundAfterTheBoundAndTheLossIsCounted(t *testing.T) {
	afresh(t)
	const bound, flood = 100, 10_000
	SetMaxOrders(bound)
	var a, b Core
	standIn(1).nest(10, &a, &b)
	locks := make([]Core, 2*flood) // alive, so that only the bound makes room
	r := standIn(2)
	for i := range flood {
		require.Empty(t, r.nest(20, &locks[2*i], &locks[2*i+1]))
	}
	s := Snapshot()
	require.Len(t, s.Orders, bound)
	require.EqualValues(t, bound, s.Stats.Dependencies)
	require.EqualValues(t, 1+flood-bound, s.Stats.Aged)
	require.Zero(t, s.Stats.Collected)
	requireShapes(t)
	found := standIn(3).nest(30, &b, &a)
	require.Len(t, found, 1)
	require.Equal(t, rule.Potential, found[0].Tier)

	found = standIn(4).nest(40, &locks[2*flood-1], &locks[2*flood-2])
	require.Len(t, found, 1, "of the flood the latest is kept")
	require.Empty(t, standIn(5).nest(50, &locks[1], &locks[0]), "and the first is not, which the count above says")
}

// An order in use that was dropped must be learnt again, or it would be lost for good.
func TestOrderThatIsInUseComesBack(t *testing.T) {
	afresh(t)
	SetMaxOrders(4)
	var a, b Core
	r := standIn(1)
	r.nest(10, &a, &b)
	before := epoch
	locks := make([]Core, 2*(staleEvery+10))
	flood := standIn(2)
	for i := 0; i < len(locks); i += 2 {
		flood.nest(10, &locks[i], &locks[i+1]) // from the same place as the order in question
	}
	require.NotEqual(t, before, epoch, "the caches were emptied")
	r.nest(10, &a, &b)
	require.Len(t, standIn(3).nest(30, &b, &a), 1)
}

func TestBoundHoldsWhateverIsNestedAndCollected(t *testing.T) {
	afresh(t)
	const bound = 50
	SetMaxOrders(bound)
	r := rand.New(rand.NewPCG(5, 6))
	locks := make([]Core, 400)
	for n := range 5000 {
		actor := standIn(uint64(1 + r.IntN(20)))
		var pick []*Core
		for _, i := range r.Perm(len(locks))[:2+r.IntN(3)] {
			pick = append(pick, &locks[i])
		}
		actor.nest(uintptr(100*r.IntN(10)), pick...)
		if r.IntN(10) == 0 {
			forget(pick[0].Key())
		}
		require.LessOrEqual(t, eng.base.Len(), bound)
		if n%50 == 0 {
			requireShapes(t)
		}
	}
	s := Snapshot().Stats
	require.NotZero(t, s.Aged)
	require.NotZero(t, s.Collected)
}

func TestLatestOrderIsNeverTheOneGivenUp(t *testing.T) {
	afresh(t)
	SetMaxOrders(3)
	locks := make([]Core, 60)
	r := standIn(1)
	for i := 0; i < len(locks); i += 2 {
		r.nest(uintptr(100*i), &locks[i], &locks[i+1])
		require.Len(t, standIn(2).nest(uintptr(100*i+50), &locks[i+1], &locks[i]), 1, "%d", i)
	}
}
