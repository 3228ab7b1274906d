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
	for i := range f.Edges {
		if t := traces.Of(f.Edges[i].Goroutine); t != nil {
			f.Edges[i].Want.Trace = t.From(f.Edges[i].Want.Stack[0])
		}
	}
}
