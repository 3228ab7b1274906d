package engine

import (
	"github.com/interlock-go/interlock/internal/fingerprint"
	"github.com/interlock-go/interlock/internal/heldset"
	"github.com/interlock-go/interlock/internal/rule"
)

// ringFinding describes goroutines that are blocked for ever, of which the first n wait in a
// circle. The caller holds the list's lock and knows that they stand still. The result is nil if they do not after all.
//
//go:norace
func (e *engine) ringFinding(members []*Record, n int) *Finding {
	cores := make([]*Core, len(members))
	for i, m := range members {
		if cores[i] = m.waitsFor(); cores[i] == nil {
			return nil // somebody released a lock for its holder meanwhile
		}
	}
	e.mu.Lock()
	f := &Finding{Tier: rule.Deadlock, Kind: Ring, Overlap: true, Edges: make([]Edge, n), Knot: make([]Edge, len(members)-n)}
	if n == 1 && members[0].waitsOn() == nil {
		f.Kind = Self
	}
	sum := uint64(0)
	for i, m := range members[:n] {
		wanted := cores[(i+n-1)%n].identify()
		f.Edges[i] = e.standing(m, cores[i], wanted)
		sum += fingerprint.Word(fingerprint.Word(5, uint64(m.waitPC)), cores[i].identify())
	}
	for i, m := range members[n:] {
		f.Knot[i] = e.standing(m, cores[n+i], 0)
	}
	f.ID = fingerprint.Word(6, sum)
	if e.rings++; e.rings%sweepEvery == 0 {
		e.sweep()
	}
	e.mu.Unlock()
	return f
}

// isNews tells whether a ring has not been found before. One that is refused is not asked about: it is told to the
// call that it ends, every time, and to remember each would take memory without end.
//
//go:norace
func (e *engine) isNews(f *Finding) bool {
	e.mu.Lock()
	isNew := e.found.First(f.ID)
	e.mu.Unlock()
	return isNew
}

// standing describes a goroutine blocked on c and what it holds; wanted is the identity of
// the lock for which the one before it waits.
//
//go:norace
func (e *engine) standing(m *Record, c *Core, wanted uint64) Edge {
	held := m.held.Len()
	e.name(e.locks.node(c.identify(), m.waitKind, m.waitPC), m.waitPC)
	edge := Edge{Goroutine: m.goid, Via: -1, Held: make([]Hold, held), Phase: e.phases.names[phaseNow]}
	for i := range held {
		edge.Held[i] = e.held(m, i)
		if heldset.ID(m.held.At(i).Key) == wanted {
			edge.Via = int(i)
		}
	}
	n := e.locks.node(c.identify(), m.waitKind, m.waitPC) // which has its name from a hold, if it is one
	edge.Want = Hold{Lock: e.lock(n.number, n.class), Mode: m.waitKind.mode(), Stack: one(m.waitPC)}
	if w := m.waitsOn(); w != nil {
		edge.Want.Lock = w.cond.lock(edge.Want.Lock)
		edge.Wakers = wakersOf(w.cond.certain())
	}
	return edge
}
