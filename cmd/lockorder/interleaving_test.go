package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/interlock-go/interlock/internal/graphfile"
	"github.com/interlock-go/interlock/internal/rule"
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
	steps, end := interleaving(r)
	for _, s := range steps {
		fmt.Fprintf(&b, "%s %s\n", s.who, s.does)
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

// Whatever cycle the rule finds, its interleaving is one that Go's locks allow, and
// at its end all wait: nobody locks what another has, and each has asked for what
// somebody keeps.
func TestInterleavingsHang(t *testing.T) {
	names := rapid.SampledFrom([]string{"a", "b", "c", "d", "ra", "rb", "rc"})
	rapid.Check(t, func(rt *rapid.T) {
		var p program
		for g := range rapid.IntRange(2, 6).Draw(rt, "processes") {
			var orders []string
			for range rapid.IntRange(1, 2).Draw(rt, "orders") {
				held := rapid.SliceOfNDistinct(names, 0, 2, func(s string) string { return s[len(s)-1:] }).Draw(rt, "held")
				orders = append(orders, fmt.Sprintf("%d:%s>%s", g+1, strings.Join(held, " "), names.Draw(rt, "want")))
			}
			p = append(p, orders)
		}
		for _, r := range acrossOf(p.graph(t)) {
			if r.Tier == lockorder.Potential {
				requireHang(rt, r)
			}
		}
	})
}

// requireHang plays the report's schedule with readers, writers and the queue of a
// RWMutex. Locks of one class that are not in the cycle are different ones: the
// rule takes no class for a gate.
func requireHang(t require.TestingT, r lockorder.Report) {
	steps, _ := interleaving(r)
	inside := map[uint64]map[int]rule.Mode{} // lock → goroutine → mode
	queued := map[uint64]int{}               // writers that wait
	next := make([]int, len(r.Edges))
	for _, s := range steps {
		e := r.Edges[s.index]
		asks := next[s.index] == len(e.Held)
		h := e.Want
		if !asks {
			h = e.Held[next[s.index]]
			if next[s.index] != e.Via {
				h.Lock.ID += uint64(1000 * (s.index + 1))
			}
		}
		next[s.index]++
		mode := modeOf(fileHold(h))
		blocked := mode == rule.Read && queued[h.Lock.ID] > 0
		for _, other := range inside[h.Lock.ID] {
			blocked = blocked || mode == rule.Write || other == rule.Write
		}
		require.Equal(t, asks, blocked, "%v: %v", s, told(r))
		if blocked && mode == rule.Write {
			queued[h.Lock.ID]++
		}
		if !blocked {
			if inside[h.Lock.ID] == nil {
				inside[h.Lock.ID] = map[int]rule.Mode{}
			}
			inside[h.Lock.ID][s.index] = mode
		}
	}
	for i, n := range next {
		require.Equal(t, len(r.Edges[i].Held)+1, n)
	}
}

func modeOf(h graphfile.Hold) rule.Mode {
	if h.Mode == rule.Read.String() {
		return rule.Read
	}
	return rule.Write
}
