package engine

import "github.com/interlock-go/interlock/internal/rule"

// ringFinding describes a ring of blocked goroutines. The caller holds the list's lock
// and knows that the members stand still. isNew is false if the same ring was found before.
//
//go:norace
func (e *engine) ringFinding(ring []*Record) (f *Finding, isNew bool) {
	cores := make([]*Core, len(ring))
	for i, m := range ring {
		if cores[i] = m.waitsFor(); cores[i] == nil {
			return nil, false // somebody released a lock for its holder meanwhile
		}
	}
	e.mu.Lock()
	f = &Finding{Tier: rule.Deadlock, Kind: Ring, Overlap: true, Edges: make([]Edge, len(ring))}
	if len(ring) == 1 {
		f.Kind = Self
	}
	sum := uint64(0)
	for i, m := range ring {
		wanted := cores[(i+len(ring)-1)%len(ring)].identify()
		f.Edges[i] = e.standing(m, cores[i], wanted)
		sum += hashWord(hashWord(5, uint64(m.waitPC)), cores[i].identify())
	}
	f.ID = hashWord(6, sum)
	isNew = e.found.first(f.ID)
	e.mu.Unlock()
	return f, isNew
}

// standing describes a goroutine blocked on c and what it holds; wanted is the identity of
// the lock for which the one before it waits.
//
//go:norace
func (e *engine) standing(m *Record, c *Core, wanted uint64) Edge {
	n := e.locks.node(c.identify(), m.waitKind, m.waitPC)
	held := m.n()
	edge := Edge{
		Goroutine: m.goid, Via: -1, Held: make([]Hold, held), Phase: e.phases.names[phaseNow],
		Want: Hold{Lock: e.lock(n.number, n.class), Mode: m.waitKind.mode(), Stack: one(m.waitPC)},
	}
	for i := range held {
		h := m.at(i)
		edge.Held[i] = e.hold(h.key, h.pc)
		edge.Held[i].Stack = e.stackOf(m, i)
		if keyID(h.key) == wanted {
			edge.Via = int(i)
		}
	}
	return edge
}
