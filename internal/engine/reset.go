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
