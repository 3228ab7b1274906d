package engine

import (
	"flag"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/goroutine"
	"github.com/interlock-go/interlock/internal/oracle"
	"github.com/interlock-go/interlock/internal/quiet"
	"github.com/interlock-go/interlock/internal/rule"
	"github.com/interlock-go/interlock/internal/stackdepot"
)

// These tests are inside the package because they play goroutines that do not exist:
// a program's goroutines are records of their own that one test goroutine walks through,
// making the calls that a lock would make.

var (
	seed  = flag.Uint64("seed", 0, "seed of the random programs; 0 draws one")
	count = flag.Int("programs", 100_000, "random programs of each kind")
)

// player runs programs through the engine, each with locks and goroutines of its own.
type player struct {
	rec  Record
	goid uint64
	pc   uintptr
	runs int
}

// lock is an RWMutex without the mutex.
type lock struct {
	core Core
	read ReadSide
}

// verdict is the best tier that the engine gives to a program whose goroutines run one after the other.
func (p *player) verdict(prog oracle.Program) rule.Tier {
	if p.runs++; p.runs%1000 == 0 {
		Reset()
		eng.stacks = stackdepot.Depot{}
		eng.locks = lockTable{}
	}
	locks := make([]lock, 8)
	best := rule.Hazard
	for _, g := range prog {
		p.goid++
		p.rec = Record{stack: goroutine.NoStack()}
		p.rec.begin(p.goid)
		best = min(best, p.walk(g, locks))
		for p.rec.held.Len() > 0 {
			p.rec.remove(0)
		}
	}
	for i := range locks {
		forget(locks[i].core.identify()) // as if collected, so that removal is tried as often
	}
	return best
}

// walk makes one goroutine's calls. A call that the goroutine itself bars for ever is the last one.
func (p *player) walk(g oracle.Goroutine, locks []lock) rule.Tier {
	best := rule.Hazard
	for pc := 0; pc < len(g); {
		op := g[pc]
		pc++
		p.pc++ // every call has a place of its own, so no finding passes for another
		l := &locks[op.Lock]
		q := Request{Core: &l.core, Seen: l.core.Seen(), For: ForWrite, PC: p.pc}
		if op.Kind.Reads() || op.Kind == oracle.RUnlock {
			q.For, q.Seen = ForRead, l.read.Seen()
		}
		q.Core.identify()
		switch {
		case op.Kind == oracle.Unlock || op.Kind == oracle.RUnlock:
			p.rec.Released(&q)
			continue
		case op.Kind.Tries():
			if p.rec.excludes(&q) {
				pc = int(op.Else)
				continue
			}
		default:
			for news := p.rec.Before(&q); news != nil; news = news.next {
				if news.Finding != nil {
					best = min(best, news.Finding.Tier)
				}
			}
			if p.rec.excludes(&q) {
				f := p.rec.Block(&q)
				p.rec.Unblock()
				if f == nil {
					return best // missed, and the test says of what program
				}
				return min(best, f.Tier)
			}
		}
		p.rec.Acquired(&q)
	}
	return best
}

func deadlocks(t rule.Tier) bool { return t == rule.Deadlock || t == rule.Potential }

func TestEngineIsExactOnUniverses(t *testing.T) {
	if quiet.Enabled {
		t.Skip("one goroutine and nothing shared: the race detector has nothing to see")
	}
	total := 0
	for _, u := range oracle.Universes() {
		t.Run(u.Name, func(t *testing.T) {
			defer Reset()
			var p player
			var x oracle.Explorer
			n, real := 0, 0
			for prog := range u.Programs() {
				n++
				truth := x.Deadlocks(prog)
				if truth {
					real++
				}
				if tier := p.verdict(prog); deadlocks(tier) != truth {
					require.Failf(t, "wrong", "oracle %v, engine %v:\n%v", truth, tier, prog)
				}
			}
			total += n
			t.Logf("%d programs, %d deadlock: 0 missed, 0 false", n, real)
		})
	}
	require.Equal(t, 500_469, total)
}

func TestEngineOnRandomPrograms(t *testing.T) {
	if quiet.Enabled {
		t.Skip("one goroutine and nothing shared: the race detector has nothing to see")
	}
	s := *seed
	if s == 0 {
		s = rand.Uint64()
	}
	for name, test := range map[string]struct {
		program      func(*rand.Rand) oracle.Program
		falseAllowed float64 // share of the programs
	}{
		"chains":    {oracle.RandomChains, 0},
		"nested":    {oracle.RandomNested, 0},
		"unordered": {oracle.RandomUnordered, 0.0005},
	} {
		t.Run(name, func(t *testing.T) {
			defer Reset()
			r := rand.New(rand.NewPCG(s, 0))
			var p player
			var x oracle.Explorer
			alarms := 0
			for range *count {
				prog := test.program(r)
				truth, found := x.Deadlocks(prog), deadlocks(p.verdict(prog))
				require.False(t, truth && !found, "missed, seed %d:\n%v", s, prog)
				if found && !truth {
					alarms++
				}
			}
			require.LessOrEqual(t, float64(alarms), test.falseAllowed*float64(*count), "seed %d", s)
			t.Logf("seed %d: %d programs, %d false", s, *count, alarms)
		})
	}
}
