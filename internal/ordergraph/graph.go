// Package ordergraph keeps a growing directed graph in topological order and
// knows at once when an edge closes a cycle.
//
// The algorithm is that of D. J. Pearce and P. H. J. Kelly, "A Dynamic
// Topological Sort Algorithm for Directed Acyclic Graphs", ACM Journal of
// Experimental Algorithmics 11 (2006); names are the paper's. It is extended to
// graphs with cycles: the strongly connected component that an edge creates is
// contracted, and the order is kept among components. So the answer stays exact
// for later edges, which matters here because a cycle in the lock order is often
// no deadlock and the program goes on.
//
// No locks, no globals; the caller's lock guards a Graph. Every function is
// norace and uses plain slices only, because it runs on the user's goroutines
// with the race detector's synchronization switched off.
package ordergraph

import "github.com/interlock-go/interlock/internal/hashtable"

const none = ^uint32(0)

// Graph is a directed multigraph over small node numbers that the caller gives.
// Its zero value is empty and ready.
//
// A node belongs to one component; ord, visited and cyclic are indexed by the
// component's name, which is the number of one of its members.
type Graph struct {
	comp   []uint32 // node → name of its component
	ring   []uint32 // node → next member of its component, circular
	size   []uint32 // component → number of members
	ord    []uint32 // component → place in the topological order; distinct
	cyclic []bool   // component → more than one member, or a self-loop
	out    []uint32 // node → first edge that leaves it, none
	in     []uint32 // node → first edge that enters it, none

	edges    []edge
	freeEdge uint32 // chain through next[0], 1-based: 0 is the end
	index    hashtable.Table

	next  uint32 // next unused place in the order
	stale int    // removals that may have left a component too large

	visited []uint32 // component → stamp of the last search that met it
	stamp   uint32
	deltaF  []uint32 // components reachable from y within the affected region
	deltaB  []uint32 // components that reach x within it
	pool    []uint32 // places to hand out again
}

// edge is a member of two lists, that of its source and that of its target.
type edge struct {
	from, to uint32
	count    uint32    // how many Adds it stands for
	next     [2]uint32 // outgoing, incoming list
	prev     [2]uint32
}

const (
	outgoing = 0
	incoming = 1
)

// Add records an edge x→y, or one more reference to it, and says whether x and
// y are in the same strongly connected component; for x == y that is true.
//
// Cost: O(1) for a known edge or one that agrees with the order. Otherwise
// O(δ log δ) for the δ components and edges between the places of y and x that
// y reaches or that reach x. Merging relabels the smaller component: O(log n)
// per node over the life of the graph.
//
//go:norace
func (g *Graph) Add(x, y uint32) (cyclic bool) {
	g.ensure(max(x, y))
	if id, ok := g.index.Get(edgeKey(x, y)); ok {
		g.edges[id].count++
		return g.comp[x] == g.comp[y]
	}
	g.link(x, y)
	cx, cy := g.comp[x], g.comp[y]
	switch {
	case cx == cy:
		g.cyclic[cx] = true
	case g.ord[cx] > g.ord[cy]:
		g.restore(cx, cy)
	}
	return g.comp[x] == g.comp[y]
}

// Same reports whether x and y are in one strongly connected component. A node
// that was never seen is alone in its own.
//
//go:norace
func (g *Graph) Same(x, y uint32) bool {
	if x == y {
		return true
	}
	n := uint32(len(g.comp))
	return x < n && y < n && g.comp[x] == g.comp[y]
}

// Cyclic reports whether x lies on a cycle, a self-loop included.
//
//go:norace
func (g *Graph) Cyclic(x uint32) bool {
	return x < uint32(len(g.comp)) && g.cyclic[g.comp[x]]
}

// Len is the number of distinct edges.
//
//go:norace
func (g *Graph) Len() int { return g.index.Len() }

// Stale counts the removals since the last Rebuild that may have left a
// component too large. At 0 every answer is exact; above, Same and Cyclic may
// still say yes where the cycle is gone, never no where there is one.
//
//go:norace
func (g *Graph) Stale() int { return g.stale }

// RemoveEdge drops one reference to the edge x→y, and with the last one the
// edge. It says whether there was one. O(1).
//
//go:norace
func (g *Graph) RemoveEdge(x, y uint32) bool {
	id, ok := g.index.Get(edgeKey(x, y))
	if !ok {
		return false
	}
	if g.edges[id].count--; g.edges[id].count == 0 {
		g.drop(id)
	}
	return true
}

// RemoveNode drops all edges of x and makes it a fresh node, so that its number
// may be given to something else. O(edges of x + members of its component).
//
//go:norace
func (g *Graph) RemoveNode(x uint32) {
	if x >= uint32(len(g.comp)) {
		return
	}
	for g.out[x] != none {
		g.drop(g.out[x])
	}
	for g.in[x] != none {
		g.drop(g.in[x])
	}
	g.leave(x)
}

// drop unlinks an edge whatever its count.
//
//go:norace
func (g *Graph) drop(id uint32) {
	e := g.edges[id]
	g.unlink(id)
	c := g.comp[e.from]
	switch {
	case c != g.comp[e.to]:
	case g.size[c] > 1:
		g.stale++
	default: // the only edge within a component of one is its self-loop
		g.cyclic[c] = false
	}
}

// leave takes x, which has no edges, out of its component.
//
//go:norace
func (g *Graph) leave(x uint32) {
	c := g.comp[x]
	if g.size[c] == 1 {
		g.cyclic[c] = false
		return
	}
	before := x
	for g.ring[before] != x {
		before = g.ring[before]
	}
	g.ring[before] = g.ring[x]
	if c == x {
		g.rename(c, before)
		c = before
	}
	g.size[c]--
	if g.size[c] == 1 {
		_, loop := g.index.Get(edgeKey(c, c))
		g.cyclic[c] = loop
	}
	g.isolate(x)
}

// rename gives component c, whose ring no longer holds c itself, the name to.
//
//go:norace
func (g *Graph) rename(c, to uint32) {
	g.size[to], g.ord[to], g.cyclic[to] = g.size[c], g.ord[c], g.cyclic[c]
	for m := g.ring[to]; ; m = g.ring[m] {
		g.comp[m] = to
		if m == to {
			return
		}
	}
}

// isolate makes x a component of its own at the end of the order.
//
//go:norace
func (g *Graph) isolate(x uint32) {
	g.comp[x], g.ring[x], g.size[x], g.cyclic[x] = x, x, 1, false
	if g.next == none {
		g.Rebuild() // the places ran out; this numbers them afresh from 0
	}
	g.ord[x] = g.next
	g.next++
}
