package engine

import (
	"github.com/interlock-go/interlock/internal/fingerprint"
	"github.com/interlock-go/interlock/internal/quiet"
	"github.com/interlock-go/interlock/internal/rule"
)

// Reset forgets every dependency, finding and counter, and keeps locks, classes and what is held. It is for tests,
// which call it with nobody blocked and outside quiet sections.
//
//go:norace
func Reset() {
	quiet.Begin()
	eng.mu.Lock()
	eng.base = rule.Base{}
	eng.deps = nil
	eng.found = fingerprint.Counts{}
	eng.ageing = ageing{max: eng.ageing.max}
	eng.counters = Counters{}
	eng.listening = listening{}
	forgetKnown()
	eng.mu.Unlock()
	quiet.End()
	resetSink()
}

// Holding tells whether the running goroutine holds the lock for writing, or in any way if reading
// suffices. Where hand-offs have been seen it cannot tell and says yes.
//
//go:norace
func Holding(c *Core, readingSuffices bool) bool {
	quiet.Begin()
	r := Enter()
	r.settle()
	id := c.identify()
	ok := r.held.Holds(id, rule.Write) || readingSuffices && r.held.Holds(id, rule.Read) || c.id.Load()&handed != 0
	quiet.End()
	return ok
}
