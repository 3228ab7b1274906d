package ordergraph

// Relative to stamp, what the searches of one restore have met.
const (
	byForward = iota
	byBackward
	byBoth
	stamps
)

// restore repairs the order after an edge from component x to component y with
// ord[x] > ord[y]. The affected region is the places between the two: only
// components there that y reaches (δF) or that reach x (δB) have to move. If y
// reaches x, the edge has closed a cycle, and what is in both sets is one
// component from here on.
//
// Giving the places of δB ∪ δF out again, lowest first to δB, then to the merged
// component, and the highest to δF, only moves δB down and δF up, so edges to
// components outside both sets keep agreeing with the order.
//
//go:norace
func (g *Graph) restore(x, y uint32) {
	g.newStamp()
	nf := g.forward(y, g.ord[x])
	nb := g.backward(x, g.ord[y])
	total := g.freePlaces(nf, nb)
	f := g.split(g.deltaF[:nf], byForward)
	b, merged := g.deltaB[:nb], none
	if g.visited[x] == g.stamp+byBoth {
		merged = g.contract(b)
		b = g.split(b, byBackward)
	}
	sortBy(f, g.ord)
	sortBy(b, g.ord)
	for i := range b {
		g.ord[b[i]] = g.pool[i]
	}
	if merged != none {
		g.ord[merged] = g.pool[len(b)]
	}
	for i := range f {
		g.ord[f[i]] = g.pool[total-len(f)+i]
	}
}

// forward collects in deltaF what y reaches without passing place upper.
//
//go:norace
func (g *Graph) forward(y, upper uint32) int {
	g.visited[y] = g.stamp + byForward
	g.deltaF[0] = y
	n := 1
	for i := 0; i < n; i++ {
		first := g.deltaF[i]
		for m := first; ; {
			for e := g.out[m]; e != none; e = g.edges[e].next[outgoing] {
				w := g.comp[g.edges[e].to]
				if g.ord[w] <= upper && g.visited[w] != g.stamp+byForward {
					g.visited[w] = g.stamp + byForward
					g.deltaF[n] = w
					n++
				}
			}
			if m = g.ring[m]; m == first {
				break
			}
		}
	}
	return n
}

// backward collects in deltaB what reaches x without passing place lower.
//
//go:norace
func (g *Graph) backward(x, lower uint32) int {
	g.deltaB[0] = x
	g.meet(x)
	n := 1
	for i := 0; i < n; i++ {
		first := g.deltaB[i]
		for m := first; ; {
			for e := g.in[m]; e != none; e = g.edges[e].next[incoming] {
				w := g.comp[g.edges[e].from]
				if g.ord[w] >= lower && g.meet(w) {
					g.deltaB[n] = w
					n++
				}
			}
			if m = g.ring[m]; m == first {
				break
			}
		}
	}
	return n
}

// meet stamps w for the backward search; false if it was there already.
//
//go:norace
func (g *Graph) meet(w uint32) bool {
	switch g.visited[w] {
	case g.stamp + byBackward, g.stamp + byBoth:
		return false
	case g.stamp + byForward:
		g.visited[w] = g.stamp + byBoth
	default:
		g.visited[w] = g.stamp + byBackward
	}
	return true
}

// freePlaces fills pool with the places of δF ∪ δB, lowest first.
//
//go:norace
func (g *Graph) freePlaces(nf, nb int) int {
	n := 0
	for i := range nf {
		g.pool[n] = g.ord[g.deltaF[i]]
		n++
	}
	for i := range nb {
		if c := g.deltaB[i]; g.visited[c] == g.stamp+byBackward {
			g.pool[n] = g.ord[c]
			n++
		}
	}
	sortBy(g.pool[:n], nil)
	return n
}

// split keeps those of s that only the given search has met.
//
//go:norace
func (g *Graph) split(s []uint32, by uint32) []uint32 {
	n := 0
	for i := range s {
		if g.visited[s[i]] == g.stamp+by {
			s[n] = s[i]
			n++
		}
	}
	return s[:n]
}

// contract makes one component of those in b that both searches have met, and
// returns its name: that of the largest, so that few nodes are relabelled.
//
//go:norace
func (g *Graph) contract(b []uint32) uint32 {
	into := none
	for i := range b {
		if g.visited[b[i]] == g.stamp+byBoth && (into == none || g.size[b[i]] > g.size[into]) {
			into = b[i]
		}
	}
	g.cyclic[into] = true
	for i := range b {
		c := b[i]
		if c == into || g.visited[c] != g.stamp+byBoth {
			continue
		}
		for m := g.ring[c]; ; m = g.ring[m] {
			g.comp[m] = into
			if m == c {
				break
			}
		}
		g.ring[into], g.ring[c] = g.ring[c], g.ring[into]
		g.size[into] += g.size[c]
	}
	return into
}

//go:norace
func (g *Graph) newStamp() {
	if g.stamp > none-2*stamps {
		for i := range g.visited {
			g.visited[i] = 0
		}
		g.stamp = 0
	}
	g.stamp += stamps
}
