package ordergraph

//lint:file-ignore S1001 copy is visible to the race detector

// edgeKey is never 0, which the table reserves, because nodes stay below none.
//
//go:norace
func edgeKey(x, y uint32) uint64 { return uint64(x+1)<<32 | uint64(y) }

//go:norace
func (g *Graph) link(x, y uint32) {
	id := g.newEdge()
	e := &g.edges[id]
	e.from, e.to, e.count = x, y, 1
	e.next = [2]uint32{g.out[x], g.in[y]}
	e.prev = [2]uint32{none, none}
	if g.out[x] != none {
		g.edges[g.out[x]].prev[outgoing] = id
	}
	if g.in[y] != none {
		g.edges[g.in[y]].prev[incoming] = id
	}
	g.out[x], g.in[y] = id, id
	g.index.Put(edgeKey(x, y), id)
}

//go:norace
func (g *Graph) unlink(id uint32) {
	e := g.edges[id]
	g.index.Delete(edgeKey(e.from, e.to))
	for dir := range 2 {
		if e.next[dir] != none {
			g.edges[e.next[dir]].prev[dir] = e.prev[dir]
		}
		switch {
		case e.prev[dir] != none:
			g.edges[e.prev[dir]].next[dir] = e.next[dir]
		case dir == outgoing:
			g.out[e.from] = e.next[dir]
		default:
			g.in[e.to] = e.next[dir]
		}
	}
	g.edges[id] = edge{next: [2]uint32{g.freeEdge, 0}}
	g.freeEdge = id + 1
}

//go:norace
func (g *Graph) newEdge() uint32 {
	if g.freeEdge != 0 {
		id := g.freeEdge - 1
		g.freeEdge = g.edges[id].next[0]
		return id
	}
	n := len(g.edges)
	if n == cap(g.edges) {
		grown := make([]edge, n, n+n/2+8)
		for i := range g.edges {
			grown[i] = g.edges[i]
		}
		g.edges = grown
	}
	g.edges = g.edges[:n+1]
	return uint32(n)
}

// ensure makes room for node x. The arrays grow together.
//
//go:norace
func (g *Graph) ensure(x uint32) {
	old := uint32(len(g.comp))
	if x < old {
		return
	}
	if x == none {
		panic("ordergraph: node number out of range")
	}
	size := int(max(x+1, old+old/2, 8))
	g.comp, g.ring = grow(g.comp, size), grow(g.ring, size)
	g.size, g.ord = grow(g.size, size), grow(g.ord, size)
	g.out, g.in = grow(g.out, size), grow(g.in, size)
	g.visited = grow(g.visited, size)
	g.deltaF, g.deltaB = make([]uint32, size), make([]uint32, size)
	g.pool = make([]uint32, size)
	cyclic := make([]bool, size)
	for i := range g.cyclic {
		cyclic[i] = g.cyclic[i]
	}
	g.cyclic = cyclic
	for i := old; i < uint32(size); i++ {
		g.out[i], g.in[i] = none, none
	}
	for i := old; i < uint32(size); i++ {
		g.isolate(i)
	}
}

//go:norace
func grow(s []uint32, size int) []uint32 {
	t := make([]uint32, size)
	for i := range s {
		t[i] = s[i]
	}
	return t
}
