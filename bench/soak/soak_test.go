package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/interlock-go/interlock/internal/goroutine"
	"github.com/interlock-go/interlock/lockorder"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestShortSoakIsClean(t *testing.T) {
	var out, log strings.Builder
	c := config{
		duration: 4 * time.Second, phase: time.Second, progress: 500 * time.Millisecond, within: 30 * time.Second,
		seed: 1, ceiling: 256, out: &out, log: &log,
	}
	require.Zero(t, c.run(), log.String())
	require.Contains(t, out.String(), "seed 1")
	require.Contains(t, out.String(), "operations/s")
	require.Contains(t, out.String(), "violations 0 (seed 1)")
	for _, l := range loads {
		require.Regexp(t, l.name+` +[1-9]`, out.String())
	}
}

// failures collects what a ledger finds wrong.
type failures []string

func (f *failures) add(format string, args ...any) { *f = append(*f, fmt.Sprintf(format, args...)) }

func listen(t *testing.T, within time.Duration) (*ledger, *failures) {
	t.Helper()
	f := new(failures)
	l := newLedger(within, f.add)
	lockorder.SetHandler(l.hear)
	t.Cleanup(func() { lockorder.SetHandler(nil) })
	return l, f
}

func TestEveryFaultIsReportedAndItsTwinIsNot(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			l, f := listen(t, 30*time.Second)
			for seed := range uint64(6) {
				l.plant(k, false, seed*11)
				l.plant(k, true, seed*11)
			}
			require.Empty(t, *f)
			planted, reported, twins := l.totals()
			require.Equal(t, []int{6, 6, 6}, []int{planted, reported, twins})
		})
	}
}

// say is a kind that reports by itself, without a fault.
func say(want expectation, reports ...expectation) kind {
	return kind{name: "said", want: want, run: func(p *plant) {
		p.start(func() {
			p.expect(1)
			for _, r := range reports {
				p.l.hear(lockorder.Report{Tier: r.tier, Kind: r.kind, Edges: []lockorder.Edge{{Goroutine: goroutine.CurrentID()}}})
			}
		})
	}}
}

func TestLedgerFindsWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		kind kind
		twin bool
		want string
	}{
		"nothing":  {kind: say(ring), want: "was not reported"},
		"once":     {kind: say(ring, ring)},
		"twice":    {kind: say(ring, ring, ring), want: "was reported 2 times"},
		"other":    {kind: say(ring, ring, self), want: "as something else"},
		"silent":   {kind: say(ring), twin: true},
		"twin":     {kind: say(ring, ring), twin: true, want: "as something else"},
		"in order": {kind: say(inverted, inverted)},
	} {
		t.Run(name, func(t *testing.T) {
			var f failures
			newLedger(time.Minute, f.add).plant(c.kind, c.twin, 0)
			if c.want == "" {
				require.Empty(t, f)
				return
			}
			require.True(t, slices.ContainsFunc(f, func(s string) bool { return strings.Contains(s, c.want) }), "%q", f)
		})
	}
}

func TestReportOfNobodysPlantIsWrong(t *testing.T) {
	var f failures
	l := newLedger(time.Minute, f.add)
	l.hear(lockorder.Report{Tier: lockorder.Potential, Edges: []lockorder.Edge{{Goroutine: 1 << 40}}})
	l.hear(lockorder.Report{Tier: lockorder.Hazard})
	require.Len(t, f, 2)
	l.plant(say(ring, ring), false, 0)
	l.forget()
	require.Len(t, f, 2)
	l.plant(kind{name: "late", want: ring, run: func(p *plant) {
		p.start(func() {
			p.l.forget() // as at the end of a phase
			p.l.hear(lockorder.Report{Tier: ring.tier, Kind: ring.kind, Edges: []lockorder.Edge{{Goroutine: goroutine.CurrentID()}}})
		})
	}}, false, 0)
	require.Len(t, f, 4, "not planted, and not reported: %q", f)
}

func TestReportAcrossTwoPlantsIsWrong(t *testing.T) {
	var f failures
	l := newLedger(time.Minute, f.add)
	l.of[1], l.of[2] = &plant{l: l, kind: say(ring)}, &plant{l: l, kind: say(ring)}
	l.match(lockorder.Report{Tier: ring.tier, Kind: ring.kind, Edges: []lockorder.Edge{{Goroutine: 1}, {Goroutine: 2}}})
	require.Len(t, f, 1)
}

func TestGrowthIsTheSlopeAndSparesOutliers(t *testing.T) {
	var notes []note
	require.Zero(t, growth(notes))
	for i := range 20 {
		notes = append(notes, note{at: time.Duration(i) * time.Second, live: uint64(10_000 + 500*i)})
	}
	require.InDelta(t, 500, growth(notes), 1e-9)
	notes[7].live *= 10
	require.InDelta(t, 500, growth(notes), 20)
	late := after(notes, 10*time.Second)
	require.Len(t, late, 10)
	require.Empty(t, after(notes, time.Hour))
}

func TestWhatRisesAndFallsDoesNotGrow(t *testing.T) {
	var notes []note
	for i := range 40 {
		notes = append(notes, note{at: time.Duration(i) * time.Second, live: uint64(1000 + i%7*500)})
	}
	require.Len(t, troughs(notes), 3)
	require.Zero(t, growth(troughs(notes)))
	for i := range notes {
		notes[i].live += uint64(100 * i)
	}
	require.InDelta(t, 100, growth(troughs(notes)), 10)
}

func TestGrowthBeyondTheLimitIsAViolation(t *testing.T) {
	for _, grows := range []bool{true, false} {
		s := &soak{config: config{duration: 59 * time.Second, log: io.Discard}, done: make([]atomic.Int64, len(loads))}
		s.ledger = newLedger(time.Second, s.fail)
		for i := range 118 {
			n := note{at: time.Duration(i) * time.Second / 2, live: 1 << 20}
			if grows {
				n.live += uint64(2 * slopeLimit * i)
			}
			s.notes = append(s.notes, n)
		}
		s.judge()
		idle := len(loads) // did nothing, since there was no run
		if grows {
			require.Equal(t, idle+1, s.violations)
		} else {
			require.Equal(t, idle, s.violations)
		}
	}
}
