package engine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/discipline"
)

// Declarations are about everything that follows, also about orders that every cache knows.
func TestDeclarationReachesOrdersThatAreKnown(t *testing.T) {
	afresh(t)
	outer, inner := NewClass("outer", discipline.Any), NewClass("inner", discipline.Any)
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
