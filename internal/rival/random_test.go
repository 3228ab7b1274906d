//go:build !interlock_off

package rival_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/goroutine"
	"github.com/interlock-go/interlock/internal/oracle"
	"github.com/interlock-go/interlock/internal/quiet"
	"github.com/interlock-go/interlock/lockorder"
)

var (
	seed     = flag.Uint64("seed", 0, "of the random programs beside those of the page; 0 draws one")
	programs = flag.Int("programs", 0, "how many of each kind; 0 is the number of the page, less where it is slow")
)

// generators are the oracle's, and one for what they make rarely.
var generators = []struct {
	name    string
	program func(*rand.Rand) oracle.Program
	exact   bool // our rule is; with releases in any order about one verdict in 100,000 is false, see docs/rule.md
}{
	{"chains", oracle.RandomChains, true},
	{"nested", oracle.RandomNested, true},
	{"unordered", oracle.RandomUnordered, false},
	{"rings", randomRings, true},
}

// randomRings is 3 or 4 goroutines of which each nests two locks, most of them so that a ring of all closes.
func randomRings(r *rand.Rand) oracle.Program {
	p := make(oracle.Program, 3+r.IntN(2))
	kinds := []oracle.Kind{oracle.Lock, oracle.Lock, oracle.Lock, oracle.RLock, oracle.TryLock}
	for i := range p {
		s := oracle.Section{{Lock: uint8(i)}, {Lock: uint8((i + 1) % len(p))}}
		if r.IntN(8) == 0 {
			s[0], s[1] = s[1], s[0]
		}
		for j := range s {
			s[j].Kind = kinds[r.IntN(len(kinds))]
		}
		p[i] = oracle.Do(s)
	}
	return p
}

// tally counts programs of one kind by what was said of them.
type tally struct {
	programs                                    int
	deadlock, needsWriter, undecided            int // by the oracle
	found, missed, alarms, warned               int // by go-deadlock: of deadlocks; of none; of needs-writer
	ourFound, ourMissed, ourAlarms, ourUnwarned int
}

func (n *tally) count(truth, our, their string) {
	weDo := our == lockorder.Deadlock.String() || our == lockorder.Potential.String()
	n.programs++
	switch truth {
	case deadlocks:
		n.deadlock++
		bump(their != none, &n.found, &n.missed)
		bump(weDo, &n.ourFound, &n.ourMissed)
	case needsWriter:
		n.needsWriter++
		bump(their != none, &n.warned, nil)
		bump(weDo, &n.ourAlarms, nil)
		bump(!weDo && our != needsWriter, &n.ourUnwarned, nil)
	case none:
		bump(their != none, &n.alarms, nil)
		bump(weDo || our == needsWriter, &n.ourAlarms, nil)
	default:
		n.undecided++
		bump(weDo, &n.ourAlarms, nil)
	}
}

func bump(yes bool, then, otherwise *int) {
	if !yes {
		then = otherwise
	}
	if then != nil {
		*then++
	}
}

// differ runs n programs with both detectors. Whatever go-deadlock reports and the oracle confirms, we report.
func differ(t *testing.T, program func(*rand.Rand) oracle.Program, exact bool, seed uint64, n int) tally {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 0))
	var x oracle.Explorer
	var count tally
	for range n {
		p := program(r)
		before := count
		is, our, their := truth(&x, p), verdict(t, &ours, p), verdict(t, &rival, p)
		count.count(is, our, their)
		confirmed := is == deadlocks && their != none
		require.False(t, confirmed && count.ourMissed > before.ourMissed, "go-deadlock says %s, we say %s, seed %d:\n%v", their, our, seed, p)
		require.Zero(t, count.ourMissed, "missed, seed %d:\n%v", seed, p)
		require.Zero(t, count.ourUnwarned, "needs a writer, and we say nothing, seed %d:\n%v", seed, p)
		require.False(t, exact && count.ourAlarms > 0, "false: oracle %s, we say %s, seed %d:\n%v", is, our, seed, p)
	}
	// Where locks are released in any order, about one of our verdicts in 100,000 is false.
	require.LessOrEqual(t, count.ourAlarms, 2+n/1000)
	return count
}

const (
	pageSeed     = 1
	pagePrograms = 2500 // of each kind
)

// amount is how many programs a test runs where the page has n.
func amount(n int) int {
	switch {
	case *programs > 0:
		return *programs
	case testing.Short() || quiet.Enabled || !goroutine.Direct:
		return n / 8
	}
	return n
}

func (n tally) String() string {
	return fmt.Sprintf("%d programs: %d deadlock, of which go-deadlock finds %d and misses %d, interlock finds %d and misses %d; "+
		"%d need a writer, of which go-deadlock reports %d; nothing in the others, false: go-deadlock %d, interlock %d",
		n.programs, n.deadlock, n.found, n.missed, n.ourFound, n.ourMissed, n.needsWriter, n.warned, n.alarms, n.ourAlarms)
}

func TestRandomPrograms(t *testing.T) {
	s := *seed
	if s == 0 {
		s = rand.Uint64()
	}
	n := amount(pagePrograms / 5)
	for _, g := range generators {
		t.Run(g.name, func(t *testing.T) {
			t.Logf("seed %d: %v", s, differ(t, g.program, g.exact, s, n))
		})
	}
}
