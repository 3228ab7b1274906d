package interleaving

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/lockorder"
)

// reportOf reads a report: each word is a goroutine, "ra>b" one that asks for b
// with a held for reading; the first lock held is the one of Via, and with ! behind
// it there is none.
func reportOf(tier lockorder.Tier, words string) lockorder.Report {
	r := lockorder.Report{Tier: tier}
	for word := range strings.FieldsSeq(words) {
		held, want, _ := strings.Cut(word, ">")
		e := lockorder.Edge{Goroutine: uint64(len(r.Edges) + 1)}
		if before, ok := strings.CutSuffix(want, "!"); ok {
			e.Via, want = -1, before
		}
		for name := range strings.SplitSeq(held, ",") {
			if name != "" {
				e.Held = append(e.Held, lockOf(name))
			}
		}
		e.Want = lockOf(want)
		r.Edges = append(r.Edges, e)
	}
	return r
}

func lockOf(name string) lockorder.Hold {
	short := strings.TrimPrefix(name, "r")
	return lockorder.Hold{
		Lock: lockorder.Lock{ID: uint64(short[0]), Class: short, Type: "RWMutex"}, Read: short != name,
		Stack: []lockorder.Frame{{Func: "p.F", File: "p/f.go", Line: int(short[0])}},
	}
}

func told(r lockorder.Report) string {
	var b strings.Builder
	steps, end := Of(r)
	for _, s := range steps {
		fmt.Fprintf(&b, "%s %s\n", s.Who, s.Does)
	}
	return b.String() + end
}

func TestInterleavings(t *testing.T) {
	guarded := reportOf(lockorder.Guarded, "a,g>b b,g>a")
	guarded.Gates = []lockorder.Lock{lockOf("g").Lock}
	twice := reportOf(lockorder.NeedsWriter, "ra>ra")
	twice.Writers = []lockorder.Lock{lockOf("a").Lock}
	readers := reportOf(lockorder.NeedsWriter, "ra>rb rb>ra")
	readers.Writers = []lockorder.Lock{lockOf("a").Lock, lockOf("b").Lock}
	violation := reportOf(lockorder.Violation, "b>a")
	violation.Rule = "a before b"
	for name, c := range map[string]struct {
		report lockorder.Report
		want   string
	}{
		"two": {
			reportOf(lockorder.Potential, "a>b b>a"),
			"A locks a for writing\nB locks b for writing\nA asks for b for writing and waits: B has it\n" +
				"B asks for a for writing and waits: A has it\nA waits for B, B waits for A: none goes on.",
		},
		"the writer asks before the reader that waits behind it": {
			reportOf(lockorder.Potential, "ra>ra >a!"),
			"A locks a for reading\nB asks for a for writing and waits: A has it\n" +
				"A asks for a for reading and waits behind B, which asks to write\nA waits for B, B waits for A: none goes on.",
		},
		"the writer comes first in the report": {
			reportOf(lockorder.Potential, ">a! ra>ra"),
			"B locks a for reading\nA asks for a for writing and waits: B has it\n" +
				"B asks for a for reading and waits behind A, which asks to write\nA waits for B, B waits for A: none goes on.",
		},
		"a gate": {
			guarded,
			"A locks a for writing\nA locks g for writing, which plays no part here\nB locks b for writing\n" +
				"B asks for g for writing and waits until A has let go of it\n" +
				"Here the circle stays open: A lets go of its other locks before B goes on.",
		},
		"a writer is missing": {
			readers,
			"A locks a for reading\nB locks b for reading\n" +
				"W asks for a for writing, and waits for the readers inside: nobody has been seen to do so yet\n" +
				"W asks for b for writing, and waits for the readers inside: nobody has been seen to do so yet\n" +
				"A asks for b for reading and waits behind W, which waits for B\nB asks for a for reading and waits behind W, which waits for A\n" +
				"A waits for B, B waits for A: none goes on.",
		},
		"twice": {
			twice,
			"A locks a for reading\nW asks for a for writing, and waits for the readers inside: nobody has been seen to do so yet\n" +
				"A asks for a for reading again and waits behind W\nA waits for W, W waits for A: none goes on.",
		},
		"itself": {
			reportOf(lockorder.Deadlock, "a>a"),
			"A locks a for writing\nA asks for a for writing and waits for itself\nA waits for itself and never goes on.",
		},
		"a declaration": {
			violation,
			"A locks b for writing\nA asks for a for writing\nNobody waits yet. The order is against a before b.",
		},
		"one goroutine": {
			reportOf(lockorder.Ordered, "ra>b b>a"),
			"A locks a for reading\nB locks b for writing\nA asks for b for writing and waits: B has it\nB asks for a for writing and waits: A has it\n" +
				"A waits for B, B waits for A: none goes on. It takes as many goroutines at once; so far one has done all of it, or they belong to phases that never meet.",
		},
		"nobody": {lockorder.Report{Tier: lockorder.Hazard}, "There is nothing to tell: the report names no goroutine."},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, told(c.report)) })
	}
}
