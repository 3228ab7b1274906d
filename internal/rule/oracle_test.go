package rule_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/oracle"
	"github.com/interlock-go/interlock/internal/quiet"
	"github.com/interlock-go/interlock/internal/rule"
)

// judge runs programs through one Base, which it empties after each, so that
// removal is tried as often as insertion.
type judge struct {
	base   rule.Base
	result rule.Result
	held   []rule.Hold
}

func hold(h oracle.Held) rule.Hold {
	mode := rule.Write
	if h.Read {
		mode = rule.Read
	}
	return rule.Hold{Inst: uint32(h.Lock) + 1, Mode: mode}
}

// verdict is the best tier that a program which runs its goroutines one after the
// other gets, searching whenever something has changed.
func (j *judge) verdict(p oracle.Program) rule.Tier {
	best := rule.Hazard
	for g, ops := range p {
		for _, a := range ops.Acquisitions() {
			j.held = j.held[:0]
			for _, h := range a.Held {
				j.held = append(j.held, hold(h))
			}
			id, _ := j.base.Intern(j.held, hold(a.Want))
			if j.base.Saw(id, uint64(g)+1, 0) {
				j.base.Search(id, &j.result)
				for _, c := range j.result.Cycles {
					best = min(best, c.Tier)
				}
			}
		}
	}
	for id := j.base.Next(0); id != 0; id = j.base.Next(id) {
		j.base.Remove(id)
	}
	return best
}

func TestRuleIsExactOnUniverses(t *testing.T) {
	if quiet.Enabled {
		t.Skip("one goroutine and nothing shared: the race detector has nothing to see")
	}
	for _, u := range append(oracle.Universes(), oracle.WideUniverses()...) {
		t.Run(u.Name, func(t *testing.T) {
			t.Parallel()
			var j judge
			var x oracle.Explorer
			deadlocks, programs := 0, 0
			for p := range u.Programs() {
				programs++
				truth := x.Deadlocks(p)
				if truth {
					deadlocks++
				}
				if found := j.verdict(p) == rule.Potential; found != truth {
					require.Failf(t, "wrong", "oracle %v, rule %v:\n%v", truth, found, p)
				}
			}
			require.Equal(t, u.Size(), programs)
			require.Zero(t, j.base.Truncated)
			t.Logf("%d programs, %d deadlock", programs, deadlocks)
		})
	}
}
