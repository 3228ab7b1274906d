// Package waitgraph tells which of a set of waiting parties wait for ever.
//
// It is the AND/OR model of deadlock (Knapp, Deadlock Detection in Distributed
// Databases, ACM Computing Surveys 19(4), 1987): who waits for a lock needs everybody
// who stands in its way to move, so one that never does is enough to hold it for ever;
// who waits for a signal needs one of those who could give it, so all of them must be
// lost. The deadlocked set is the greatest one in which every member is held by the
// others. It is what is left when everybody who may go on has been taken away, over and over.
//
// The package knows nothing of goroutines. It runs where the race detector is blind, so
// it is plain memory under the caller's lock and every function is norace.
package waitgraph

// State is what a node does.
type State uint8

const (
	Runs    State = iota // it may act at any time
	Gone                 // it has finished and never acts again; a lock that it left is another matter, so only a wait for a signal minds
	Locks                // it waits for a lock, as long as any node that it waits for does
	Signals              // it waits for a signal, as long as all nodes that it waits for do or are gone; with none, nothing is known
)

// Graph is who waits for whom. The zero value is empty; Reset empties it and keeps the
// memory. It is not safe for concurrent use.
type Graph struct {
	nodes []node
	edges []edge
	n, m  int32 // of each, in use
	queue []int32
	mark  uint32
}

type node struct {
	state State
	stuck bool
	mark  uint32 // last search that came by
	out   int32  // 1 + first edge that leaves
	in    int32  // 1 + first edge that arrives
	need  int32  // Locks: edges left to nodes that may be stuck, those that run and are still to be taken away included
	via   int32  // of a search: whence; of a proof: the node that holds a Locks node
}

type edge struct {
	from, to        int32
	nextOut, nextIn int32 // 1 + index
}

// Reset empties the graph.
//
//go:norace
func (g *Graph) Reset() { g.n, g.m = 0, 0 }

// Len is the number of nodes.
//
//go:norace
func (g *Graph) Len() int { return int(g.n) }

// Add adds a node and returns its number: nodes are numbered from 0.
//
//go:norace
func (g *Graph) Add(s State) int32 {
	if int(g.n) == len(g.nodes) {
		grown := make([]node, 2*g.n+16)
		for i := range g.nodes {
			grown[i] = g.nodes[i]
		}
		g.nodes, g.queue = grown, make([]int32, len(grown))
	}
	g.nodes[g.n] = node{state: s, mark: g.mark}
	g.n++
	return g.n - 1
}

// Set changes what a node does. Solve must follow before anything is asked.
//
//go:norace
func (g *Graph) Set(n int32, s State) { g.nodes[n].state = s }

// Wait says that node from waits for node to: as one of those in its way, or as one of
// those who could give the signal.
//
//go:norace
func (g *Graph) Wait(from, to int32) {
	if int(g.m) == len(g.edges) {
		grown := make([]edge, 2*g.m+32)
		for i := range g.edges {
			grown[i] = g.edges[i]
		}
		g.edges = grown
	}
	x, y := &g.nodes[from], &g.nodes[to]
	g.edges[g.m] = edge{from: from, to: to, nextOut: x.out, nextIn: y.in}
	g.m++
	x.out, y.in = g.m, g.m
}

// Solve finds the deadlocked set, in time linear in the graph.
//
//go:norace
func (g *Graph) Solve() {
	for i := range g.n {
		x := &g.nodes[i]
		x.stuck, x.need = x.state == Locks || x.state == Signals, 0
	}
	for i := range g.m {
		e := &g.edges[i]
		if g.nodes[e.to].state != Gone {
			g.nodes[e.from].need++
		}
	}
	tail := 0
	for i := range g.n {
		x := &g.nodes[i]
		free := x.state == Runs || x.state == Signals && x.out == 0 || x.state == Locks && x.need == 0
		if free {
			x.stuck = false
			g.queue[tail] = i
			tail++
		}
	}
	for head := 0; head < tail; head++ {
		for e := g.nodes[g.queue[head]].in; e != 0; e = g.edges[e-1].nextIn {
			from := g.edges[e-1].from
			if g.release(from) {
				g.queue[tail] = from
				tail++
			}
		}
	}
}

// release takes note that a node for which n waits may go on, and reports whether n may now.
//
//go:norace
func (g *Graph) release(n int32) bool {
	x := &g.nodes[n]
	if !x.stuck {
		return false
	}
	x.need--
	if x.state == Locks && x.need > 0 {
		return false
	}
	x.stuck = false
	return true
}

// Stuck tells whether a node waits for ever.
//
//go:norace
func (g *Graph) Stuck(n int32) bool { return g.nodes[n].stuck }
