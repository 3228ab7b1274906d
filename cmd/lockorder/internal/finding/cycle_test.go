package finding

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/graphfile"
	"github.com/interlock-go/interlock/internal/rendezvous"
	"github.com/interlock-go/interlock/lockorder"
)

// sited is a lock of a class, taken at a line.
func sited(class string, line int) lockorder.Hold {
	return lockorder.Hold{
		Lock:  lockorder.Lock{Class: class, Type: "Mutex"},
		Stack: []lockorder.Frame{{Func: "p.f", File: "p/x.go", Line: line}},
	}
}

func edge(held, want lockorder.Hold) lockorder.Edge {
	return lockorder.Edge{Held: []lockorder.Hold{held}, Want: want}
}

func cycleOf(tier lockorder.Tier, edges ...lockorder.Edge) lockorder.Report {
	return lockorder.Report{Tier: tier, Edges: edges}
}

var (
	predicted = cycleOf(lockorder.Potential, edge(sited("a", 1), sited("b", 2)), edge(sited("b", 3), sited("a", 4)))
	elsewhere = cycleOf(lockorder.Potential, edge(sited("a", 11), sited("b", 12)), edge(sited("b", 3), sited("a", 4)))
)

func happened(r lockorder.Report) lockorder.Report {
	return cycleOf(lockorder.Deadlock, r.Edges[1], r.Edges[0]) // begun elsewhere
}

func TestARingIsWhatWasPredicted(t *testing.T) {
	ring := happened(predicted)
	require.Equal(t, itself, realizes(&ring, &predicted))
	require.Equal(t, alike, realizes(&ring, &elsewhere))

	other := happened(cycleOf(0, edge(sited("a", 1), sited("c", 2)), edge(sited("c", 3), sited("a", 4))))
	require.Equal(t, itself, realizes(&other, &predicted), "the class may have come later: the places tell")
	other = happened(cycleOf(0, edge(sited("a", 1), sited("c", 9)), edge(sited("c", 3), sited("a", 4))))
	require.Equal(t, apart, realizes(&other, &predicted))
	other = happened(predicted)
	other.Edges[0].Want.Read = true
	require.Equal(t, apart, realizes(&other, &predicted))
	other = cycleOf(lockorder.Deadlock, append(slices.Clone(ring.Edges), ring.Edges[0])...)
	require.Equal(t, apart, realizes(&other, &predicted))
	unnamed := cycleOf(0, edge(sited("", 1), sited("", 2)), edge(sited("", 3), sited("", 4)))
	moved := cycleOf(0, edge(sited("", 1), sited("", 2)), edge(sited("", 3), sited("", 5)))
	require.Equal(t, apart, realizes(&moved, &unnamed))
}

// A ring says nothing of a finding with the same classes at other places, if there is one
// of its own places.
func TestARingConfirmsTheNearestFinding(t *testing.T) {
	ring := happened(predicted)
	both := List{{Report: elsewhere}, {Report: predicted}}
	require.Empty(t, both.Confirms([]lockorder.Report{ring}))
	require.Nil(t, both[0].Ring)
	require.Equal(t, &ring, both[1].Ring)

	one := List{{Report: elsewhere}}
	require.Empty(t, one.Confirms([]lockorder.Report{ring}))
	require.NotNil(t, one[0].Ring)

	guarded := predicted
	guarded.Tier = lockorder.Guarded
	none := List{{Report: guarded}}
	require.Len(t, none.Confirms([]lockorder.Report{ring}), 1)
	require.Nil(t, none[0].Ring)
}

// programs writes graph files of processes with the orders of some edges each.
func programs(t *testing.T, processes ...[]lockorder.Edge) *graphfile.Graph {
	t.Helper()
	graph := graphfile.NewGraph()
	for i, edges := range processes {
		var file bytes.Buffer
		w := graphfile.NewWriter(&file, graphfile.Process{ID: fmt.Sprint(i), Program: fmt.Sprintf("/tmp/%d.test", i)})
		for g, e := range edges {
			o := OrderOf(e)
			for k := range o.Held {
				o.Held[k].Lock = uint64(k + 1)
			}
			o.Want.Lock = 9
			require.NoError(t, w.Order(uint64(g+1), o))
		}
		require.NoError(t, graph.Add(&file, fmt.Sprint(i)))
	}
	return graph
}

func TestOnlyAProgramWithAllOrdersCanDoIt(t *testing.T) {
	graph := programs(t, predicted.Edges[:1], predicted.Edges, elsewhere.Edges)
	exact, _ := PartsOf(&predicted, graph, false)
	require.Equal(t, []rendezvous.Order{{Held: rendezvous.Place{At: "p/x.go:1"}, Want: rendezvous.Place{At: "p/x.go:2"}}}, exact[0].Orders)
	require.Equal(t, []rendezvous.Order{{Held: rendezvous.Place{At: "p/x.go:3"}, Want: rendezvous.Place{At: "p/x.go:4"}}}, exact[1].Orders)

	wide, by := PartsOf(&predicted, graph, true)
	require.Len(t, wide[0].Orders, 2)
	require.Len(t, wide[1].Orders, 1)
	require.Equal(t, map[string]bool{"/tmp/1.test": true, "/tmp/2.test": true}, by)
}

func TestTheOutcomeIsPrinted(t *testing.T) {
	ring := happened(predicted)
	ring.Advice = []lockorder.Advice{{Text: "of the finding"}}
	var out bytes.Buffer
	Finding{Report: predicted, Ring: &ring, ClosedIn: "in rerun 2, of x.test, "}.PrintOutcome(&out)
	require.Contains(t, out.String(), "  confirmed: in rerun 2, of x.test, with goroutines held up at these places the ring has closed:\n    interlock: deadlock: ")
	require.NotContains(t, out.String(), "of the finding")
	out.Reset()
	Finding{Report: predicted, Tried: "not tried"}.PrintOutcome(&out)
	require.Equal(t, "  not confirmed: not tried\n", out.String())
}
