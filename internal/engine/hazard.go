package engine

import (
	"github.com/interlock-go/interlock/internal/callsite"
	"github.com/interlock-go/interlock/internal/fingerprint"
	"github.com/interlock-go/interlock/internal/quiet"
	"github.com/interlock-go/interlock/internal/rule"
)

// HoldsAndWaits returns the news that the running goroutine is about to wait for c with locks held, each
// time it does so in a new way: nothing if it holds none. A client whose wait lets a lock go,
// as Cond.Wait does its L, calls it afterwards. It is called with nothing internal held.
//
//go:norace
func HoldsAndWaits(c *Condition, kind Waiting, pc uintptr) (news *News) {
	quiet.Begin()
	r := Enter()
	r.settle()
	if r.held.Len() > 0 {
		id := r.waitID(pc)
		m := r.thinks()
		if slot := m.place(id); *slot != id+phaseSalt {
			*slot = id + phaseSalt
			news = eng.waitHolding(r, c, kind, pc, id)
		}
	}
	quiet.End()
	return news
}

// waitID names a wait with locks held, by the places in the program.
//
//go:norace
func (r *Record) waitID(pc uintptr) uint64 {
	h := fingerprint.Word(7, uint64(pc))
	for i := range r.held.Len() {
		h = fingerprint.Word(h, uint64(r.held.At(i).PC))
	}
	return h
}

//go:norace
func (e *engine) waitHolding(r *Record, c *Condition, kind Waiting, pc uintptr, id uint64) *News {
	e.mu.Lock()
	if !e.found.First(id) {
		e.mu.Unlock()
		return nil
	}
	n := e.locks.node(c.core.identify(), kind, pc)
	unbound := n.claim()
	edge := Edge{
		Goroutine: r.goid, Via: -1, Held: make([]Hold, r.held.Len()), Phase: e.phases.names[phaseNow],
		Want: Hold{Lock: c.lock(e.lock(n.number, n.class)), Mode: rule.Write, Stack: callsite.Stack(pc)},
	}
	for i := range r.held.Len() {
		edge.Held[i] = e.held(r, i)
	}
	e.mu.Unlock()
	if unbound {
		bind(&c.core)
	}
	f := &Finding{ID: id, Tier: rule.Hazard, Kind: WaitHolding, Overlap: true, Edges: make([]Edge, 1)}
	f.Edges[0] = edge
	return Tell(f)
}
