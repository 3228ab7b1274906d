package engine

import (
	"unsafe"

	"github.com/interlock-go/interlock/internal/callsite"
	"github.com/interlock-go/interlock/internal/goroutine"
	"github.com/interlock-go/interlock/internal/rule"
)

// depInfo is what the engine knows of a dependency beside the rule's part.
type depInfo struct {
	stack uint32 // where the lock was asked for
	sites uint32 // where each held lock was acquired, in the order of the dependency's holds
	tick  uint64 // when
	goid  uint64 // by whom first
	first uint64 // when that goroutine was first seen
	g     unsafe.Pointer
	shape uint64      // see ageing
	held  [][]uintptr // stack of each held lock's acquisition, if whole stacks are kept
}

// note keeps what a report on a new dependency will need.
//
//go:norace
func (e *engine) note(dep rule.DepID, r *Record, q *Request, a asking) {
	for int(dep) >= len(e.deps) {
		grown := make([]depInfo, 2*len(e.deps)+64)
		for i := range e.deps {
			grown[i] = e.deps[i]
		}
		e.deps = grown
	}
	if e.deps[dep].shape != 0 {
		e.lose(dep) // the dependency that had this number went with its lock
	}
	e.deps[dep] = depInfo{
		stack: e.stacks.Intern(callsite.Below(q.PC, e.calls[:goroutine.Callers(e.calls[:])])), sites: e.stacks.Intern(a.sites),
		tick: tick.Load(), goid: r.goid, first: r.first, g: r.gp,
	}
	if wholeStacks {
		held := make([][]uintptr, len(a.at))
		for i, at := range a.at {
			held[i] = e.stackOf(r, at)
		}
		e.deps[dep].held = held
	}
	e.age(dep)
}

// edge describes a dependency.
//
//go:norace
func (e *engine) edge(dep rule.DepID) Edge {
	d, info := e.base.Get(dep), &e.deps[dep]
	sites := e.stacks.Get(info.sites)
	out := Edge{
		Goroutine: info.goid, Via: -1, Held: make([]Hold, len(d.Held)),
		Want: Hold{Lock: e.lock(d.Want.Inst, d.Want.Class), Mode: d.Want.Mode, Stack: e.stacks.Get(info.stack)},
	}
	for i, h := range d.Held {
		out.Held[i] = Hold{Lock: e.lock(h.Inst, h.Class), Mode: h.Mode, Stack: one(sites[i])}
		if info.held != nil {
			out.Held[i].Stack = info.held[i]
		}
	}
	for p := uint8(1); p <= e.phases.n; p++ {
		if d.Phases>>p&1 != 0 {
			out.Phase = e.phases.names[p]
		}
	}
	return out
}

//go:norace
func (e *engine) orderOf(dep rule.DepID) Order {
	edge := e.edge(dep)
	return Order{Goroutine: edge.Goroutine, Held: edge.Held, Want: edge.Want, Count: uint64(e.base.Get(dep).NG)}
}

// overlapped tells whether the two dependencies may have been at work at the same time: not
// if one's goroutine had finished with its part before the other's was first seen.
//
//go:norace
func overlapped(a, b *depInfo) bool {
	if a.tick > b.tick {
		a, b = b, a
	}
	if a.goid == b.goid || a.g == nil {
		return true
	}
	return b.first < a.tick || !goroutine.Finished(a.g, a.goid)
}
