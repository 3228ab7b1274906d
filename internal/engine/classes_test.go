package engine

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestVerdictsOfDeclarations(t *testing.T) {
	const ( // class numbers
		free, never, byAddress, byRank, first, second, third, exempted = 1, 2, 3, 4, 5, 6, 7, 8
	)
	var table classTable
	table.all = make([]class, 9)
	table.seen = make([]bool, 9)
	table.all[never].nest = NestNone
	table.all[byAddress].nest = NestAddress
	table.all[byRank].nest = NestRank
	table.all[first].after = []uint32{second}
	table.all[second].after = []uint32{third}
	table.all[exempted].exempt = []uint32{free, never, exempted}
	table.all[third].exempt = []uint32{second}
	lock := func(id uint64, class uint32, place int) *node {
		return &node{id: id, class: class, addr: uintptr(1000 + place), rank: int64(place)}
	}
	for _, c := range []struct {
		name       string
		held, want *node
		verdict    verdict
	}{
		{"no classes", lock(1, 0, 0), lock(2, 0, 0), undeclared},
		{"held has none", lock(1, 0, 0), lock(2, never, 0), undeclared},
		{"wanted has none", lock(1, never, 0), lock(2, 0, 0), undeclared},
		{"the same lock", lock(1, never, 0), lock(1, never, 0), undeclared},
		{"classes that nobody ordered", lock(1, free, 0), lock(2, never, 0), undeclared},
		{"any nesting", lock(1, free, 1), lock(2, free, 0), undeclared},
		{"no nesting", lock(1, never, 0), lock(2, never, 1), misnested},
		{"up by address", lock(1, byAddress, 0), lock(2, byAddress, 1), vouched},
		{"down by address", lock(1, byAddress, 1), lock(2, byAddress, 0), misnested},
		{"up by rank", lock(1, byRank, -1), lock(2, byRank, 1), vouched},
		{"down by rank", lock(1, byRank, 1), lock(2, byRank, -1), misnested},
		{"equal ranks", lock(1, byRank, 1), lock(2, byRank, 1), misnested},
		{"as declared", lock(1, first, 0), lock(2, second, 0), undeclared},
		{"against", lock(1, second, 0), lock(2, first, 0), against},
		{"against, by way of another", lock(1, third, 0), lock(2, first, 0), against},
		{"exempt", lock(1, exempted, 0), lock(2, free, 0), vouched},
		{"exempt one way only", lock(1, free, 0), lock(2, exempted, 0), undeclared},
		{"exempt and against all the same", lock(1, third, 0), lock(2, second, 0), against},
		{"exempt within the class", lock(1, exempted, 0), lock(2, exempted, 0), vouched},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.verdict, table.verdict(c.held, c.want))
		})
	}
}

func TestDeclareRefusesCycles(t *testing.T) {
	a, b, c := NewClass("a", NestAny), NewClass("b", NestAny), NewClass("c", NestAny)
	require.True(t, Declare(a, b))
	require.True(t, Declare(b, c))
	require.True(t, Declare(a, b), "again")
	require.False(t, Declare(c, a))
	require.False(t, Declare(a, a))
	require.True(t, Declare(a, c), "what follows from the others")
	require.Empty(t, eng.classes.all[c].after)
	require.Equal(t, []uint32{b, c}, eng.classes.all[a].after)
}

// Declarations are about everything that follows, also about orders that every cache knows.
func TestDeclarationReachesOrdersThatAreKnown(t *testing.T) {
	afresh(t)
	outer, inner := NewClass("outer", NestAny), NewClass("inner", NestAny)
	var a, b Core
	SetClass(&a, ForMutex, outer, 0)
	SetClass(&b, ForMutex, inner, 0)
	r := standIn(90001)
	require.Empty(t, r.nest(1, &a, &b))
	require.Empty(t, r.nest(1, &a, &b))
	require.True(t, Declare(inner, outer))
	found := r.nest(1, &a, &b)
	require.Len(t, found, 1)
	require.Equal(t, DeclaredOrder, found[0].Kind)
	require.Empty(t, r.nest(1, &a, &b), "told once")
}
