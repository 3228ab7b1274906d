package waitgraph

// Proof is why a stuck node is stuck: a set of stuck nodes none of which can move
// before another of the set does.
type Proof struct {
	// Members begin with the shortest cycle through the node, in the order of waiting,
	// or with the node alone if there is none; then come those beside it on which a member's
	// being stuck depends.
	Members []int32
	Cycle   int // how many of them form the cycle
}

// Prove puts together why node n, which is stuck, is so. The result is p's, whose
// memory is used again.
//
//go:norace
func (g *Graph) Prove(n int32, p *Proof) {
	if len(p.Members) < int(g.n) {
		p.Members = make([]int32, 2*g.n)
	}
	all := p.Members[:cap(p.Members)]
	k := g.cycle(n, all)
	p.Cycle = k
	if k == 0 {
		all[0], k = n, 1
	}
	g.mark++
	for i := range k {
		g.nodes[all[i]].mark = g.mark
		g.nodes[all[i]].via = all[(i+1)%k]
	}
	for i := 0; i < k; i++ {
		k = g.support(all, i, k, i >= p.Cycle)
	}
	p.Members = all[:k]
}

// support adds to the members what holds the i-th, and returns how many there are then.
// On the cycle a lock's wait is held by the next; elsewhere choose says to pick one, and
// one that is a member already is best.
//
//go:norace
func (g *Graph) support(all []int32, i, k int, choose bool) int {
	x := &g.nodes[all[i]]
	if x.state == Locks {
		if !choose {
			return k
		}
		x.via = g.holder(all[i])
		return g.include(all, k, x.via)
	}
	for e := x.out; e != 0; e = g.edges[e-1].nextOut {
		if to := g.edges[e-1].to; g.nodes[to].stuck {
			k = g.include(all, k, to)
		}
	}
	return k
}

//go:norace
func (g *Graph) include(all []int32, k int, n int32) int {
	if g.nodes[n].mark == g.mark {
		return k
	}
	g.nodes[n].mark = g.mark
	all[k] = n
	return k + 1
}

// holder picks a stuck node for which n waits.
//
//go:norace
func (g *Graph) holder(n int32) int32 {
	pick := int32(-1)
	for e := g.nodes[n].out; e != 0; e = g.edges[e-1].nextOut {
		to := g.edges[e-1].to
		if g.nodes[to].stuck && (pick < 0 || g.nodes[to].mark == g.mark) {
			pick = to
		}
	}
	return pick
}

// Holder returns the member by which the proof made last holds node n, which waits for a lock.
//
//go:norace
func (g *Graph) Holder(n int32) int32 { return g.nodes[n].via }

// cycle writes the shortest cycle of stuck nodes through n, n first, and returns its
// length; 0 if there is none. It is a breadth-first search.
//
//go:norace
func (g *Graph) cycle(n int32, out []int32) int {
	g.mark++
	g.nodes[n].mark, g.nodes[n].via = g.mark, -1
	g.queue[0] = n
	for head, tail := 0, 1; head < tail; head++ {
		x := g.queue[head]
		for e := g.nodes[x].out; e != 0; e = g.edges[e-1].nextOut {
			to := g.edges[e-1].to
			y := &g.nodes[to]
			switch {
			case to == n:
				return g.unwind(x, out)
			case y.stuck && y.mark != g.mark:
				y.mark, y.via = g.mark, x
				g.queue[tail] = to
				tail++
			}
		}
	}
	return 0
}

// unwind writes the path of the search that ends at x.
//
//go:norace
func (g *Graph) unwind(x int32, out []int32) int {
	k := 0
	for y := x; y >= 0; y = g.nodes[y].via {
		k++
	}
	for i, y := k-1, x; i >= 0; i, y = i-1, g.nodes[y].via {
		out[i] = y
	}
	return k
}
