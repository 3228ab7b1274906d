package ordergraph

import "fmt"

// CheckInvariants returns what is wrong with the structure, nil if nothing is.
func (g *Graph) CheckInvariants() error {
	place := map[uint32]uint32{}
	members := map[uint32]uint32{}
	for x, c := range g.comp {
		members[c]++
		if g.comp[c] != c {
			return fmt.Errorf("node %d: component %d is named after a node of %d", x, c, g.comp[c])
		}
		if g.comp[g.ring[x]] != c {
			return fmt.Errorf("node %d: the ring leaves the component", x)
		}
	}
	for c, n := range members {
		if other, ok := place[g.ord[c]]; ok {
			return fmt.Errorf("components %d and %d share a place", c, other)
		}
		place[g.ord[c]] = c
		if g.size[c] != n {
			return fmt.Errorf("component %d: size %d, %d members", c, g.size[c], n)
		}
		if n > 1 && !g.cyclic[c] {
			return fmt.Errorf("component %d: %d members, not cyclic", c, n)
		}
		m := g.ring[c]
		for n--; m != c; m = g.ring[m] {
			n--
		}
		if n != 0 {
			return fmt.Errorf("component %d: the ring misses %d members", c, n)
		}
	}
	return g.checkEdges()
}

func (g *Graph) checkEdges() error {
	live := 0
	for x := range g.comp {
		prev := none
		for id := g.out[x]; id != none; id = g.edges[id].next[outgoing] {
			e := g.edges[id]
			live++
			if e.from != uint32(x) || e.prev[outgoing] != prev || e.count == 0 {
				return fmt.Errorf("edge %d: %+v in the list of node %d", id, e, x)
			}
			if at, ok := g.index.Get(edgeKey(e.from, e.to)); !ok || at != id {
				return fmt.Errorf("edge %d: not in the index", id)
			}
			from, to := g.comp[e.from], g.comp[e.to]
			if from != to && g.ord[from] >= g.ord[to] {
				return fmt.Errorf("edge %d→%d: against the order", e.from, e.to)
			}
			prev = id
		}
		for id := g.in[x]; id != none; id = g.edges[id].next[incoming] {
			live--
			if g.edges[id].to != uint32(x) {
				return fmt.Errorf("edge %d in the wrong incoming list", id)
			}
		}
	}
	if live != 0 {
		return fmt.Errorf("outgoing and incoming lists differ by %d", live)
	}
	return nil
}
