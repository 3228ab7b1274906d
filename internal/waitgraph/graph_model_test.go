package waitgraph_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/interlock-go/interlock/internal/waitgraph"
)

// model is a graph as its definition has it: states, and who waits for whom.
type model struct {
	states []waitgraph.State
	waits  [][]bool
}

func (m *model) blocked(n int) bool {
	return m.states[n] == waitgraph.Locks || m.states[n] == waitgraph.Signals
}

// held tells whether node n cannot move before somebody in the set does.
func (m *model) held(n int, set uint) bool {
	any, all, known := false, true, false
	for to, waits := range m.waits[n] {
		if !waits {
			continue
		}
		in := set>>to&1 != 0
		known = true
		any = any || in
		all = all && (in || m.states[to] == waitgraph.Gone)
	}
	if m.states[n] == waitgraph.Locks {
		return any
	}
	return known && all
}

// deadlocked is the union of all sets of blocked nodes whose members are held by the set.
func (m *model) deadlocked() (union uint) {
	for set := uint(1); set < 1<<len(m.states); set++ {
		ok := true
		for n := range m.states {
			if set>>n&1 != 0 {
				ok = ok && m.blocked(n) && m.held(n, set)
			}
		}
		if ok {
			union |= set
		}
	}
	return union
}

// distance is the length of the shortest way from a to b inside the set, at least one step; 0: none.
func (m *model) distance(a, b int, set uint) int {
	at := uint(1) << a
	for steps := 1; steps <= len(m.states); steps++ {
		var next uint
		for from := range m.states {
			for to, waits := range m.waits[from] {
				if at>>from&1 != 0 && waits && set>>to&1 != 0 {
					next |= 1 << to
				}
			}
		}
		if next>>b&1 != 0 {
			return steps
		}
		at |= next
	}
	return 0
}

func (m *model) build(g *waitgraph.Graph) {
	g.Reset()
	for _, s := range m.states {
		g.Add(s)
	}
	for from := range m.states {
		for to, waits := range m.waits[from] {
			if waits {
				g.Wait(int32(from), int32(to))
			}
		}
	}
	g.Solve()
}

type failer interface {
	require.TestingT
	Helper()
}

// check compares the graph with the definition.
func (m *model) check(t failer, g *waitgraph.Graph, p *waitgraph.Proof) {
	t.Helper()
	m.build(g)
	set := m.deadlocked()
	for n := range m.states {
		if stuck := set>>n&1 != 0; stuck != g.Stuck(int32(n)) {
			require.Equal(t, stuck, !stuck, "node %d of %+v", n, m)
		} else if stuck {
			g.Prove(int32(n), p)
			if fault := m.fault(g, p, n, set); fault != "" {
				require.Empty(t, fault, "node %d of %+v: %v", n, m, *p)
			}
		}
	}
}

// fault is what is wrong with the proof for node n.
func (m *model) fault(g *waitgraph.Graph, p *waitgraph.Proof, n int, set uint) string {
	var members uint
	for i, x := range p.Members {
		if members>>x&1 != 0 {
			return "a member twice"
		}
		members |= 1 << x
		if i < p.Cycle && !m.waits[x][p.Members[(i+1)%p.Cycle]] {
			return "no cycle"
		}
	}
	switch {
	case int(p.Members[0]) != n:
		return "does not begin with the node"
	case p.Cycle != m.distance(n, n, set):
		return "not the shortest cycle"
	case members&^set != 0:
		return "a member is not stuck"
	}
	for _, x := range p.Members {
		if !m.held(int(x), members) {
			return "a member is not held by the others"
		}
		if h := g.Holder(x); m.states[x] == waitgraph.Locks && (members>>h&1 == 0 || !m.waits[x][h]) {
			return "the holder is no member in the way"
		}
	}
	return ""
}

func newModel(n int) *model {
	m := &model{states: make([]waitgraph.State, n), waits: make([][]bool, n)}
	for i := range m.waits {
		m.waits[i] = make([]bool, n)
	}
	return m
}

var states = [...]waitgraph.State{waitgraph.Runs, waitgraph.Gone, waitgraph.Locks, waitgraph.Signals}

// Every graph of up to three nodes, edges from every node to every node.
func TestAllSmallGraphs(t *testing.T) {
	var g waitgraph.Graph
	var p waitgraph.Proof
	for n := 1; n <= 3; n++ {
		m := newModel(n)
		for s := range 1 << (2 * n) {
			for i := range n {
				m.states[i] = states[s>>(2*i)&3]
			}
			for e := range 1 << (n * n) {
				for i := range n * n {
					m.waits[i/n][i%n] = e>>i&1 != 0
				}
				m.check(t, &g, &p)
			}
		}
	}
}

// Every graph of four nodes that all wait, which are those with something to solve.
func TestAllGraphsOfFourWaiters(t *testing.T) {
	if testing.Short() {
		t.Skip("a million graphs")
	}
	var g waitgraph.Graph
	var p waitgraph.Proof
	const n = 4
	m := newModel(n)
	for s := range 1 << n {
		for i := range n {
			m.states[i] = states[2+s>>i&1]
		}
		for e := range 1 << (n * n) {
			for i := range n * n {
				m.waits[i/n][i%n] = e>>i&1 != 0
			}
			m.check(t, &g, &p)
		}
	}
}

func TestRandomGraphs(t *testing.T) {
	var g waitgraph.Graph
	var p waitgraph.Proof
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(4, 10).Draw(t, "nodes")
		m := newModel(n)
		density := rapid.IntRange(1, n).Draw(t, "density")
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		for i := range n {
			m.states[i] = states[random.IntN(4)|random.IntN(4)]
			for j := range n {
				m.waits[i][j] = random.IntN(n) < density
			}
		}
		m.check(t, &g, &p)
	})
}

// A long chain costs no stack, and its end decides.
func TestLongChain(t *testing.T) {
	const n = 200_000
	for _, last := range states {
		var g waitgraph.Graph
		var p waitgraph.Proof
		for i := range n {
			g.Add(states[2+i%2])
			if i > 0 {
				g.Wait(int32(i-1), int32(i))
			}
		}
		g.Set(n-1, last)
		if last == waitgraph.Locks || last == waitgraph.Signals {
			g.Wait(n-1, 0)
		}
		g.Solve()
		gone := last == waitgraph.Gone
		require.Equal(t, last >= waitgraph.Locks, g.Stuck(0), "%v", last)
		require.False(t, gone && g.Stuck(n-1))
		if g.Stuck(0) {
			g.Prove(0, &p)
			require.Equal(t, n, p.Cycle)
		}
	}
}
