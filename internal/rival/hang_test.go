//go:build !interlock_off

package rival_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/oracle"
	"github.com/interlock-go/interlock/lockorder"
)

// hanger looks for a schedule after which every goroutine that has not ended is blocked, and in which none blocks
// before. Such a schedule can be played call by call.
type hanger struct {
	p    oracle.Program
	seen map[[8]uint8]bool
	way  []int // the goroutine that makes each call
}

// find returns the schedule up to the last call that returns, and who blocks then, in an order in which they do.
func find(p oracle.Program) (way, blocked []int) {
	h := &hanger{p: p, seen: map[[8]uint8]bool{}}
	return h.way, h.from([8]uint8{})
}

func (h *hanger) from(at [8]uint8) []int {
	if h.seen[at] {
		return nil
	}
	h.seen[at] = true
	var writes, reads [8]int
	for g, code := range h.p {
		for _, op := range code[:at[g]] {
			switch op.Kind {
			case oracle.Lock, oracle.TryLock:
				writes[op.Lock]++
			case oracle.RLock, oracle.TryRLock:
				reads[op.Lock]++
			case oracle.Unlock:
				writes[op.Lock]--
			case oracle.RUnlock:
				reads[op.Lock]--
			}
		}
	}
	if b := h.allBlocked(at, &writes, &reads); b != nil {
		return b
	}
	for g, code := range h.p {
		if int(at[g]) == len(code) {
			continue
		}
		op, next := code[at[g]], at
		next[g]++
		if excluded := writes[op.Lock] > 0 || reads[op.Lock] > 0 && !op.Kind.Reads(); excluded && op.Kind.Tries() {
			next[g] = op.Else
		} else if excluded && op.Kind != oracle.Unlock && op.Kind != oracle.RUnlock {
			continue
		}
		h.way = append(h.way, g)
		if b := h.from(next); b != nil {
			return b
		}
		h.way = h.way[:len(h.way)-1]
	}
	return nil
}

// allBlocked returns those who have not ended, writers first, if all of them would block; else nil.
// A writer that waits keeps new readers out.
func (h *hanger) allBlocked(at [8]uint8, writes, reads *[8]int) []int {
	var blocked []int
	var announced [8]bool
	for _, kind := range []oracle.Kind{oracle.Lock, oracle.RLock} {
		for g, code := range h.p {
			if int(at[g]) == len(code) || code[at[g]].Kind != kind {
				continue
			}
			l := code[at[g]].Lock
			if writes[l] > 0 || kind == oracle.Lock && reads[l] > 0 || kind == oracle.RLock && announced[l] {
				blocked = append(blocked, g)
				announced[l] = announced[l] || kind == oracle.Lock
			}
		}
	}
	for g, code := range h.p {
		if int(at[g]) < len(code) && !slices.Contains(blocked, g) {
			return nil
		}
	}
	return blocked
}

// hang plays a program until it hangs, and returns what was reported by then; or, if go-deadlock has said nothing,
// what its timer says after that.
func hang(t *testing.T, d *detector, p oracle.Program, way, blocked []int) []string {
	t.Helper()
	s := newStage(t, len(p), d.begin(locksOf(p)))
	at := make([]int, len(p))
	for _, g := range slices.Concat(way, blocked) {
		op := p[g][at[g]]
		at[g]++
		if !s.step(g, op) && op.Kind.Tries() {
			at[g] = int(op.Else)
		}
	}
	require.Equal(t, len(blocked), s.waiting(), "%v", p)
	if d == &rival && d.findings.gravest() == none {
		d.findings.await(never)
	}
	seen := d.findings.all()
	s.end()
	return seen
}

// never is how long go-deadlock's timer is waited for before it counts as silent.
const never = 10 * rivalTimeout

// await waits for a report, for so long at most.
func (f *findings) await(limit time.Duration) {
	for end := time.Now().Add(limit); f.gravest() == none && time.Now().Before(end); {
		<-time.After(rivalTimeout / 4)
	}
}

// Each program that can hang does, for real. When the last goroutine blocks we have said so; go-deadlock has
// if it saw an inversion on the way, or says so when its timer runs out, or does not.
func TestRandomHangs(t *testing.T) {
	s := *seed
	if s == 0 {
		s = rand.Uint64()
	}
	for _, g := range generators {
		t.Run(g.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(s, 1))
			var x oracle.Explorer
			hung, before, after := 0, 0, 0
			for range amount(80) {
				p := g.program(r)
				way, blocked := find(p)
				if blocked == nil {
					continue
				}
				require.True(t, x.Deadlocks(p), "seed %d:\n%v", s, p)
				hung++
				require.Contains(t, hang(t, &ours, p, way, blocked), lockorder.Deadlock.String(), "seed %d, schedule %v, then %v:\n%v", s, way, blocked, p)
				switch seen := hang(t, &rival, p, way, blocked); {
				case slices.Contains(seen, inconsistent), slices.Contains(seen, recursive):
					before++
				case slices.Contains(seen, timeout):
					after++
				}
			}
			t.Logf("seed %d: %d hang; interlock says so of all when the last one blocks; go-deadlock reports %d by then, %d after its timeout, %d never",
				s, hung, before, after, hung-before-after)
		})
	}
}
