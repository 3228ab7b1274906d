package engine

import (
	"github.com/interlock-go/interlock/internal/quiet"
	"github.com/interlock-go/interlock/internal/wordset"
)

// maxPhases is how many phases can be told apart; dependencies keep a bit for each.
const maxPhases = 64

// phaseTable names the declared phases; number 0 is the time in none.
type phaseTable struct {
	names [maxPhases]string
	n     uint8 // beside number 0
}

// phaseNow is the phase that the process is in. Only BeginPhase and EndPhase, under the
// engine's lock, write it.
var phaseNow uint8

// phaseSalt goes into every cached order, so that one change of it makes all caches
// stale: on a new phase, a new declaration, an order dropped by ageing. It is never 0, so
// that a fresh cache matches nothing, not even the empty held set. It is read without
// synchronization: who reads the previous value believes its caches for one lookup
// longer, as if it had come a moment earlier.
var phaseSalt uint64 = scramble(1)

// epoch counts the changes.
var epoch uint64 = 1

// known are the orders known of everybody. The engine's lock guards additions.
var known wordset.Set

// forgetKnown makes every cached order stale. The caller holds the engine's lock.
//
//go:norace
func forgetKnown() {
	epoch++
	phaseSalt = scramble(epoch)
	known.Clear()
}

// BeginPhase enters the phase and returns the one that it interrupts, for EndPhase. It
// reports false if there are too many phases.
//
//go:norace
func BeginPhase(name string) (interrupted uint8, ok bool) {
	quiet.Begin()
	eng.mu.Lock()
	interrupted = phaseNow
	t := &eng.phases
	n := uint8(1)
	for n <= t.n && t.names[n] != name {
		n++
	}
	if ok = n < maxPhases; ok {
		t.names[n] = name
		t.n = max(t.n, n)
		phaseNow = n
		forgetKnown()
	}
	eng.mu.Unlock()
	quiet.End()
	return interrupted, ok
}

// EndPhase goes back to the phase that BeginPhase returned.
//
//go:norace
func EndPhase(interrupted uint8) {
	quiet.Begin()
	eng.mu.Lock()
	phaseNow = interrupted
	forgetKnown()
	eng.mu.Unlock()
	quiet.End()
}
