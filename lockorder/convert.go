package lockorder

import (
	"fmt"
	"slices"
	"strings"

	"github.com/interlock-go/interlock/internal/engine"
	"github.com/interlock-go/interlock/internal/rule"
)

var kindOf = map[engine.Kind]Kind{
	engine.Inversion: KindInversion, engine.Self: KindSelf, engine.Ring: KindRing,
	engine.DeclaredOrder: KindDeclaredOrder, engine.ClassNesting: KindClassNesting,
	engine.WaitHolding: KindWaitHolding, engine.HeldAtExit: KindHeldAtExit, engine.LongWait: KindLongWait,
}

var tierOf = map[rule.Tier]Tier{
	rule.Deadlock: Deadlock, rule.Potential: Potential, rule.NeedsWriter: NeedsWriter, rule.Violation: Violation,
	rule.Guarded: Guarded, rule.Ordered: Ordered, rule.Hazard: Hazard,
}

// newReport turns a raw finding into sentences and frames.
func newReport(f *engine.Finding) Report {
	r := Report{
		Tier: tierOf[f.Tier], Kind: kindOf[f.Kind], ID: fmt.Sprintf("%016x", f.ID),
		Overlap: f.Overlap, Refused: f.Refused,
	}
	for _, e := range f.Edges {
		r.Edges = append(r.Edges, newEdge(e))
	}
	for _, e := range f.Knot {
		r.Knot = append(r.Knot, newEdge(e))
	}
	for _, l := range f.Gates {
		r.Gates = append(r.Gates, newLock(l))
	}
	r.Rule = brokenRule(&r)
	r.explain()
	return r
}

// explain fills in what follows from the rest.
func (r *Report) explain() {
	r.Writers = r.writers()
	n := newNamer(r)
	r.Summary = r.summary(n)
	r.Condition, r.Why = r.why(n)
	r.Advice = r.advise(n)
}

func newEdge(e engine.Edge) Edge {
	edge := Edge{Goroutine: e.Goroutine, Phase: strings.ToValidUTF8(e.Phase, "?"), Want: newHold(e.Want), Via: e.Via}
	for _, h := range e.Held {
		held := newHold(h)
		held.Stack = continued(held.Stack, edge.Want.Stack)
		edge.Held = append(edge.Held, held)
	}
	edge.Wakers = newWakers(e.Wakers)
	return edge
}

func newWakers(raw []engine.Waker) []Waker {
	var wakers []Waker
	for _, w := range raw {
		wakers = append(wakers, Waker{Goroutine: w.Goroutine, Gone: w.Gone})
	}
	return wakers
}

func newHold(h engine.Hold) Hold {
	out := Hold{Lock: newLock(h.Lock), Read: h.Mode == rule.Read, Stack: frames(h.Stack)}
	if h.Trace != nil {
		out.Stack = nil
		for _, f := range h.Trace {
			out.Stack = append(out.Stack, Frame{Func: f.Func, File: f.File, Line: f.Line})
		}
	}
	return out
}

// continued completes the site of an acquisition, which is all that the fast path
// keeps of it: if the function that locked is still running when the goroutine asks for the
// next lock, the two calls share its callers.
func continued(site, asking []Frame) []Frame {
	if len(site) == 0 {
		return site
	}
	outer := site[len(site)-1]
	for i, f := range asking {
		if f.Func == outer.Func {
			return slices.Concat(site, asking[i+1:])
		}
	}
	return site
}

func newLock(l engine.Lock) Lock {
	return Lock{ID: l.ID, Class: strings.ToValidUTF8(l.Class, "?"), Type: strings.ToValidUTF8(l.Type, "?")}
}

// writers are the locks on which a NeedsWriter cycle has reader after reader:
// there somebody who writes is missing.
func (r *Report) writers() []Lock {
	if r.Tier != NeedsWriter {
		return nil
	}
	var missing []Lock
	seen := map[uint64]bool{}
	for i, e := range r.Edges {
		held, ok := r.next(i).held()
		if ok && e.Want.Read && held.Read && !seen[e.Want.Lock.ID] {
			seen[e.Want.Lock.ID] = true
			missing = append(missing, e.Want.Lock)
		}
	}
	return missing
}
