package engine

import (
	"github.com/interlock-go/interlock/internal/callsite"
	"github.com/interlock-go/interlock/internal/fingerprint"
	"github.com/interlock-go/interlock/internal/rule"
)

// judge returns the findings on cycles through a dependency. The caller holds the engine's lock.
//
//go:norace
func (e *engine) judge(dep rule.DepID) (news *News) {
	e.base.Search(dep, &e.result)
	for i := range e.result.Cycles {
		c := &e.result.Cycles[i]
		if id := e.cycleID(c); e.found.First(id) {
			news = news.join(&News{Finding: e.cycleFinding(id, c)})
		}
	}
	return news
}

// cycleID is the same wherever the cycle is begun: a sum over its parts.
//
//go:norace
func (e *engine) cycleID(c *rule.Cycle) uint64 {
	sum := uint64(c.Tier)
	for i, dep := range c.Deps {
		d := &e.deps[dep]
		h := fingerprint.Addresses(2, e.stacks.Get(d.stack))
		if via := c.Via[i]; via >= 0 {
			h = fingerprint.Word(h, uint64(e.stacks.Get(d.sites)[via]))
		}
		sum += fingerprint.Word(h, uint64(e.base.Get(dep).Want.Class))
	}
	return fingerprint.Word(3, sum)
}

//go:norace
func (e *engine) cycleFinding(id uint64, c *rule.Cycle) *Finding {
	f := &Finding{ID: id, Tier: c.Tier, Kind: Inversion, Overlap: true, Edges: make([]Edge, len(c.Deps))}
	if len(c.Deps) == 1 {
		f.Kind = Self
	}
	for i, dep := range c.Deps {
		f.Edges[i] = e.edge(dep)
		f.Edges[i].Via = int(c.Via[i])
		f.Edges[i].Goroutine = e.actor(c, f, i)
		for _, other := range c.Deps[:i] {
			f.Overlap = f.Overlap && overlapped(&e.deps[other], &e.deps[dep])
		}
	}
	f.Gates = make([]Lock, len(c.Gates))
	for i, g := range c.Gates {
		f.Gates[i] = e.lock(g, 0)
	}
	return f
}

// actor picks a goroutine for the i-th part that none of the parts before has.
//
//go:norace
func (e *engine) actor(c *rule.Cycle, f *Finding, i int) uint64 {
	d := e.base.Get(c.Deps[i])
	for k := range min(int(d.NG), len(d.Gs)) {
		taken := false
		for _, before := range f.Edges[:i] {
			taken = taken || before.Goroutine == d.Gs[k]
		}
		if !taken {
			return d.Gs[k]
		}
	}
	return d.Gs[0]
}

// violations returns the finding that a request breaks a declaration.
//
//go:norace
func (e *engine) violations(a asking, r *Record, q *Request) *News {
	if a.broken < 0 {
		return nil
	}
	stack := callsite.Stack(q.PC)
	id := fingerprint.Addresses(4, stack)
	id = fingerprint.Word(id, uint64(a.sites[a.broken]))
	id = fingerprint.Word(fingerprint.Word(id, uint64(a.want.Class)), uint64(a.held[a.broken].Class))
	if !e.found.First(id) {
		return nil
	}
	edge := Edge{
		Goroutine: r.goid, Via: a.broken, Held: make([]Hold, len(a.held)), Phase: e.phases.names[phaseNow],
		Want: Hold{Lock: e.lock(a.want.Inst, a.want.Class), Mode: a.want.Mode, Stack: stack},
	}
	for i, h := range a.held {
		edge.Held[i] = Hold{Lock: e.lock(h.Inst, h.Class), Mode: h.Mode, Stack: e.stackOf(r, a.at[i])}
	}
	f := &Finding{ID: id, Tier: rule.Violation, Kind: a.kind, Overlap: true, Edges: make([]Edge, 1)}
	f.Edges[0] = edge
	return &News{Finding: f}
}
