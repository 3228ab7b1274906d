package ordergraph_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/ordergraph"
)

// TestRandomDAG adds the edges of a DAG in random order, none of which may close
// a cycle, then one edge against the order, which must.
func TestRandomDAG(t *testing.T) {
	const n = 1000
	rng := rand.New(rand.NewPCG(1, 2))
	number := rng.Perm(n) // so that node numbers tell nothing about the order
	var g ordergraph.Graph
	for range 10 * n {
		i, j := rng.IntN(n), rng.IntN(n)
		if i == j {
			continue
		}
		x, y := uint32(number[min(i, j)]), uint32(number[max(i, j)])
		require.False(t, g.Add(x, y))
	}
	require.NoError(t, g.CheckInvariants())
	for i := range n - 1 {
		require.False(t, g.Add(uint32(number[i]), uint32(number[i+1])))
	}
	require.True(t, g.Add(uint32(number[n-1]), uint32(number[0])))
	require.NoError(t, g.CheckInvariants())
	for i := range uint32(n) {
		require.True(t, g.Same(0, i))
	}
	require.True(t, g.RemoveEdge(uint32(number[n-1]), uint32(number[0])))
	require.True(t, g.Same(0, 1), "components stay merged until Rebuild")
	g.Rebuild()
	require.NoError(t, g.CheckInvariants())
	require.False(t, g.Same(0, 1))
}

// TestLadder has 2²⁰ paths from top to bottom: a search that walked paths
// instead of nodes would not come back.
func TestLadder(t *testing.T) {
	const layers = 20
	var g ordergraph.Graph
	for l := range uint32(layers) {
		for _, x := range []uint32{2 * l, 2*l + 1} {
			require.False(t, g.Add(x, 2*l+2))
			require.False(t, g.Add(x, 2*l+3))
		}
	}
	require.NoError(t, g.CheckInvariants())
	require.True(t, g.Add(2*layers, 0))
	require.True(t, g.Same(2*layers, 2*(layers/2)))
	require.False(t, g.Same(2*layers+1, 0), "the other bottom node leads nowhere")
	require.NoError(t, g.CheckInvariants())
}

func TestUnseenNodesAreAlone(t *testing.T) {
	var g ordergraph.Graph
	require.False(t, g.Cyclic(5))
	require.True(t, g.Same(5, 5))
	require.False(t, g.Same(5, 6))
	require.False(t, g.RemoveEdge(5, 6))
	g.RemoveNode(5)
	require.Zero(t, g.Len())
}

func TestSelfLoop(t *testing.T) {
	var g ordergraph.Graph
	require.True(t, g.Add(3, 3))
	require.True(t, g.Cyclic(3))
	require.True(t, g.RemoveEdge(3, 3))
	require.False(t, g.Cyclic(3))
	require.Zero(t, g.Stale())
}
