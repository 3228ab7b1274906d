package engine

import (
	"github.com/interlock-go/interlock/internal/goroutine"
	"github.com/interlock-go/interlock/internal/rule"
)

// Fill takes the stacks of a ring's goroutines. They stand still, so their stacks are
// those of the deadlock; it happens here, not when they block, because they block often and
// deadlock once. It stops the world for as long as the dump takes.
func (f *Finding) Fill() {
	if f.Tier != rule.Deadlock || len(f.Edges) > 0 && f.Edges[0].Want.Trace != nil {
		return
	}
	traces := goroutine.All()
	fill(f.Edges, traces)
	fill(f.Knot, traces)
}

func fill(edges []Edge, traces goroutine.Traces) {
	for i := range edges {
		if t := traces.Of(edges[i].Goroutine); t != nil {
			edges[i].Want.Trace = t.From(edges[i].Want.Stack[0])
		}
	}
}
