package rule_test

import (
	"flag"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/oracle"
	"github.com/interlock-go/interlock/internal/quiet"
	"github.com/interlock-go/interlock/internal/rule"
)

var (
	seed  = flag.Uint64("seed", 0, "seed of the random programs; 0 draws one")
	count = flag.Int("programs", 100_000, "random programs of each kind")
)

func TestRuleOnRandomPrograms(t *testing.T) {
	if quiet.Enabled {
		t.Skip("one goroutine and nothing shared: the race detector has nothing to see")
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
			t.Parallel()
			s := *seed
			if s == 0 {
				s = rand.Uint64()
			}
			r := rand.New(rand.NewPCG(s, 0))
			var j judge
			var x oracle.Explorer
			deadlocks, alarms := 0, 0
			for range *count {
				p := test.program(r)
				truth, found := x.Deadlocks(p), j.verdict(p) == rule.Potential
				if truth {
					deadlocks++
					require.True(t, found, "missed, seed %d:\n%v", s, p)
				}
				if found && !truth {
					alarms++
					require.NotZero(t, test.falseAllowed, "false, seed %d:\n%v", s, p)
				}
			}
			require.Zero(t, j.base.Truncated)
			require.LessOrEqual(t, float64(alarms), test.falseAllowed*float64(*count), "seed %d", s)
			t.Logf("seed %d: %d programs, %d deadlock, %d false", s, *count, deadlocks, alarms)
		})
	}
}

// TestNeedsWriterIsAboutWriters: what the rule says of a program without a
// deadlock comes true exactly when each lock gets somebody who only writes.
func TestNeedsWriterIsAboutWriters(t *testing.T) {
	if quiet.Enabled {
		t.Skip("one goroutine and nothing shared: the race detector has nothing to see")
	}
	universes := append(oracle.Universes()[:2], oracle.WideUniverses()[:2]...)
	var writers oracle.Program
	for lock := range uint8(3) {
		writers = append(writers, oracle.Do(oracle.Section{{Kind: oracle.Lock, Lock: lock}}))
	}
	for _, u := range universes {
		t.Run(u.Name, func(t *testing.T) {
			t.Parallel()
			var j judge
			var x oracle.Explorer
			found := 0
			for p := range u.Programs() {
				tier := j.verdict(p)
				if tier == rule.Potential {
					continue
				}
				if tier == rule.NeedsWriter {
					found++
				}
				with := append(append(oracle.Program(nil), p...), writers...)
				require.Equal(t, x.Deadlocks(with), tier == rule.NeedsWriter, "%v:\n%v", tier, p)
			}
			t.Logf("%d programs need a writer", found)
		})
	}
}
