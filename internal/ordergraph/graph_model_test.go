package ordergraph_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/interlock-go/interlock/internal/ordergraph"
)

const nodes = 10

// reach is the model: reference counts per edge, and brute-force reachability by
// at least one edge.
type reach struct{ count [nodes][nodes]int }

func (m *reach) closure() (r [nodes][nodes]bool) {
	for x := range nodes {
		for y := range nodes {
			r[x][y] = m.count[x][y] > 0
		}
	}
	for k := range nodes {
		for x := range nodes {
			for y := range nodes {
				r[x][y] = r[x][y] || r[x][k] && r[k][y]
			}
		}
	}
	return r
}

// TestGraphAgreesWithReachability: exact while nothing is stale, never a cycle
// missed when something is, exact again after Rebuild.
func TestGraphAgreesWithReachability(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var g ordergraph.Graph
		var m reach
		node := rapid.Uint32Range(0, nodes-1)
		check := func(t *rapid.T) {
			require.NoError(t, g.CheckInvariants())
			r, exact := m.closure(), g.Stale() == 0
			for x := range uint32(nodes) {
				if exact {
					require.Equal(t, r[x][x], g.Cyclic(x), "Cyclic(%d)", x)
				} else if r[x][x] {
					require.True(t, g.Cyclic(x), "Cyclic(%d)", x)
				}
				for y := range uint32(nodes) {
					same := x == y || r[x][y] && r[y][x]
					if exact || same {
						require.Equal(t, same, g.Same(x, y), "Same(%d, %d)", x, y)
					}
				}
			}
		}
		add := func(t *rapid.T) {
			x, y := node.Draw(t, "x"), node.Draw(t, "y")
			m.count[x][y]++
			r := m.closure()
			got := g.Add(x, y)
			if g.Stale() == 0 || r[y][x] {
				require.Equal(t, r[y][x], got)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"add":   add,
			"add 2": add, // more often than removals, so that cycles appear
			"remove edge": func(t *rapid.T) {
				x, y := node.Draw(t, "x"), node.Draw(t, "y")
				require.Equal(t, m.count[x][y] > 0, g.RemoveEdge(x, y))
				m.count[x][y] = max(0, m.count[x][y]-1)
			},
			"remove node": func(t *rapid.T) {
				x := node.Draw(t, "x")
				g.RemoveNode(x)
				for y := range nodes {
					m.count[x][y], m.count[y][x] = 0, 0
				}
				require.False(t, g.Cyclic(x))
			},
			"rebuild": func(t *rapid.T) {
				g.Rebuild()
				require.Zero(t, g.Stale())
			},
			"": check,
		})
	})
}
