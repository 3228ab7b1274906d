//go:build !interlock_off

package rival_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/oracle"
)

// parse reads a program: goroutines with | between them. Each nests its locks from left to right and releases
// them in reverse; a semicolon ends a nest. A is Lock, rA RLock, tA TryLock. Where -A (or -rA) says what is
// released, nothing else is, nor where a dot stands. What is nested in a failing TryLock is skipped.
func parse(text string) oracle.Program {
	var p oracle.Program
	for g := range strings.SplitSeq(text, "|") {
		var code oracle.Goroutine
		for nest := range strings.SplitSeq(g, ";") {
			code = append(code, parseNest(strings.Fields(nest), uint8(len(code)))...)
		}
		p = append(p, code)
	}
	return p
}

var kinds = map[string]oracle.Kind{"": oracle.Lock, "r": oracle.RLock, "t": oracle.TryLock, "-": oracle.Unlock, "-r": oracle.RUnlock}

func parseNest(words []string, at uint8) oracle.Goroutine {
	var section oracle.Section
	var code oracle.Goroutine
	for _, w := range words {
		if w == "." {
			continue
		}
		kind, ok := kinds[w[:len(w)-1]]
		if !ok {
			panic("not a call: " + w)
		}
		code = append(code, oracle.Op{Kind: kind, Lock: w[len(w)-1] - 'A'})
		section = append(section, oracle.Acquire{Kind: kind, Lock: w[len(w)-1] - 'A'})
	}
	if !strings.ContainsAny(strings.Join(words, ""), "-.") {
		code = oracle.Do(section)
		for i := range code {
			code[i].Else += at
		}
	}
	return code
}

// locksOf is how many locks a program needs.
func locksOf(p oracle.Program) int {
	n := 0
	for _, g := range p {
		for _, op := range g {
			n = max(n, int(op.Lock)+1)
		}
	}
	return n
}

// Verdicts of the oracle, with none. The first two have the names of our tiers.
const (
	deadlocks   = "deadlock"     // some schedule does
	needsWriter = "needs-writer" // some schedule does if there is somebody who writes what is read
	tooLarge    = "too large"    // no schedule of its own does; with writers there are too many
)

// mostStates keeps the oracle quick.
const mostStates = 1 << 20

// truth asks the oracle about all schedules, those with one more writer for each lock that is read included.
func truth(x *oracle.Explorer, p oracle.Program) string {
	if x.Deadlocks(p) {
		return deadlocks
	}
	var read [32]bool
	for _, g := range p {
		for _, op := range g {
			read[op.Lock] = read[op.Lock] || op.Kind == oracle.RLock
		}
	}
	p = slices.Clone(p)
	for l, ok := range read {
		if ok {
			p = append(p, oracle.Do(oracle.Section{{Kind: oracle.Lock, Lock: uint8(l)}}))
		}
	}
	states := 1
	for _, g := range p {
		states *= 2 * (len(g) + 1)
	}
	switch {
	case len(p) > 8 || states > mostStates:
		return tooLarge
	case x.Deadlocks(p):
		return needsWriter
	}
	return none
}

// run plays a program: goroutine after goroutine, or, if order is not empty, each call by the goroutine whose
// number comes next in it. It leaves the program where it is and tells where each goroutine got to.
func (s *stage) run(p oracle.Program, order string) []int {
	s.t.Helper()
	at := make([]int, len(p))
	advance := func(g int) bool {
		op := p[g][at[g]]
		at[g]++
		if !s.step(g, op) && op.Kind.Tries() {
			at[g] = int(op.Else)
		}
		return s.actors[g].waiting == nil
	}
	for _, digit := range strings.ReplaceAll(order, " ", "") {
		advance(int(digit - '1'))
	}
	for g := range p {
		for order == "" && at[g] < len(p[g]) {
			if !advance(g) {
				return at // it is in its own way
			}
		}
	}
	return at
}

// verdict is what a detector says of a program run goroutine after goroutine.
func verdict(t *testing.T, d *detector, p oracle.Program) string {
	t.Helper()
	s := newStage(t, len(p), d.begin(locksOf(p)))
	s.run(p, "")
	v := d.findings.gravest()
	s.end()
	return v
}

func TestNotation(t *testing.T) {
	require.Equal(t, "g1: Lock(A) RLock(B) RUnlock(B) Unlock(A) TryLock(C) Unlock(C)\ng2: Lock(A) Lock(B) Unlock(A) Unlock(B)\n",
		parse("A rB; tC | A B -A -B").String())
	require.Equal(t, uint8(6), parse("A rB; tC")[0][4].Else)
}
