package ordergraph

// tarjan is the state of R. Tarjan's "Depth-First Search and Linear Graph
// Algorithms" (SIAM J. Computing 1, 1972), with the recursion in an array.
type tarjan struct {
	number  []uint32 // order of the first visit, from 1; 0 is unvisited
	lowlink []uint32
	edge    []uint32 // next outgoing edge to follow
	path    []uint32 // the recursion
	stack   []uint32 // visited nodes without a component
	onStack []bool
	depth   int
	height  int
	visits  uint32
}

// Rebuild computes components and order afresh from the edges that are left, so
// that every answer is exact again. O(nodes + edges), and it allocates; callers
// run it when Stale has grown in proportion to Len.
//
//go:norace
func (g *Graph) Rebuild() {
	n := len(g.comp)
	t := &tarjan{
		number: make([]uint32, n), lowlink: make([]uint32, n), edge: make([]uint32, n),
		path: make([]uint32, n), stack: make([]uint32, n), onStack: make([]bool, n),
	}
	// Components are finished in reverse topological order.
	g.next, g.stale = uint32(n), 0
	place := uint32(n)
	for root := range g.comp {
		if t.number[root] != 0 {
			continue
		}
		g.enter(t, uint32(root))
		for t.depth > 0 {
			if g.follow(t) {
				place--
				g.finish(t, place)
			}
		}
	}
}

//go:norace
func (g *Graph) enter(t *tarjan, x uint32) {
	t.visits++
	t.number[x], t.lowlink[x], t.edge[x] = t.visits, t.visits, g.out[x]
	t.path[t.depth], t.stack[t.height], t.onStack[x] = x, x, true
	t.depth++
	t.height++
}

// follow takes the next edge of the last node of the path, or leaves that node.
// It says whether the node, now path[depth], is the root of a component.
//
//go:norace
func (g *Graph) follow(t *tarjan) bool {
	x := t.path[t.depth-1]
	if e := t.edge[x]; e != none {
		t.edge[x] = g.edges[e].next[outgoing]
		switch y := g.edges[e].to; {
		case t.number[y] == 0:
			g.enter(t, y)
		case t.onStack[y]:
			t.lowlink[x] = min(t.lowlink[x], t.number[y])
		}
		return false
	}
	t.depth--
	if t.depth > 0 {
		above := t.path[t.depth-1]
		t.lowlink[above] = min(t.lowlink[above], t.lowlink[x])
	}
	return t.lowlink[x] == t.number[x]
}

// finish makes a component of what lies on the stack down to path[depth].
//
//go:norace
func (g *Graph) finish(t *tarjan, place uint32) {
	root := t.path[t.depth]
	size := uint32(0)
	for before, x := root, none; x != root; before = x {
		t.height--
		x = t.stack[t.height]
		t.onStack[x] = false
		g.comp[x], g.ring[x] = root, before // root, popped last, closes the ring
		size++
	}
	_, loop := g.index.Get(edgeKey(root, root))
	g.size[root], g.ord[root], g.cyclic[root] = size, place, size > 1 || loop
}
