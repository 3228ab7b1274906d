package lockorder

import (
	"fmt"

	"github.com/interlock-go/interlock/internal/discipline"
	"github.com/interlock-go/interlock/internal/engine"
)

// No other file calls the engine, but for metrics.go.

// engineStart connects the engine to what INTERLOCK asked for.
func engineStart(c config) {
	engine.SetStacks(c.stacks)
	if c.maxOrders > 0 {
		engine.SetMaxOrders(c.maxOrders)
	}
	if graph != nil {
		engine.SetOrderSink(func(o engine.Order) { graphOrder(newDependency(o)) })
	}
	engine.SetSink(sink)
	engine.OnReset(forget)
}

// enginePauses makes pause receive each request before it is made, with the addresses of the
// calls that acquired what it holds. It returns false for a call that it need not see again.
func enginePauses(pause func(engine.Ask) (again bool)) {
	engine.SetPauser(func(a *engine.Ask) {
		if !pause(*a) {
			engine.Pass(a.Want.PC)
		}
	})
}

func engineNewClass(name string, nested Nesting) uint32 {
	return engine.NewClass(name, [...]discipline.Nest{
		NestAny: discipline.Any, NestNone: discipline.None,
		NestByAddress: discipline.Address, NestByRank: discipline.Rank,
	}[nested])
}

// engineDeclare passes on an order that was found free of contradictions.
func engineDeclare(before, after uint32) {
	if !engine.Declare(before, after) {
		panic("lockorder: Order: the engine knows of a contradicting declaration")
	}
}

func engineAllow(before, after uint32) { engine.Allow(before, after) }

func engineSetSite(file string, line int, class uint32) { engine.SetSite(file, line, class) }

func engineBeginPhase(name string) (uint8, bool) { return engine.BeginPhase(name) }

func engineEndPhase(interrupted uint8) { engine.EndPhase(interrupted) }

// engineState reads everything but the findings. Tests put a state of their own here.
var engineState = func() State {
	raw := engine.Snapshot()
	s := State{Stats: Stats{
		Dependencies: raw.Stats.Dependencies, Aged: raw.Stats.Aged, Truncated: raw.Stats.Truncated,
	}}
	for _, l := range raw.Locks {
		s.Locks = append(s.Locks, newLock(l))
	}
	for _, o := range raw.Orders {
		s.Orders = append(s.Orders, newDependency(o))
	}
	for _, w := range raw.Waits {
		s.Waits = append(s.Waits, Wait{Goroutine: w.Goroutine, Want: newHold(w.Want), Holders: w.Holders, Wakers: newWakers(w.Wakers), Seq: w.Seq})
	}
	s.Held = newHeldLocks(raw.Held)
	return s
}

// engineHeld lists the locks that are held now.
var engineHeld = func() []HeldLock { return newHeldLocks(engine.HeldLocks()) }

// engineRepeats counts by ID how often a finding was made again.
func engineRepeats() map[string]uint64 {
	counts := map[string]uint64{}
	for _, r := range engine.Snapshot().Stats.Repeats {
		counts[fmt.Sprintf("%016x", r.ID)] = r.Count
	}
	return counts
}

func newDependency(o engine.Order) Dependency {
	d := Dependency{Goroutine: o.Goroutine, Want: newHold(o.Want), Count: o.Count}
	for _, h := range o.Held {
		d.Held = append(d.Held, newHold(h))
	}
	return d
}

func newHeldLocks(raw []engine.HeldLock) []HeldLock {
	var held []HeldLock
	for _, h := range raw {
		held = append(held, HeldLock{Goroutine: h.Goroutine, Finished: h.Finished, Hold: newHold(h.Hold)})
	}
	return held
}
