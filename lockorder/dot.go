package lockorder

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
)

// WriteDOT draws the orders as a graph in the language of Graphviz: an arrow
// from each lock to those asked for while it was held, red where a finding
// has it in its cycle; and a dashed one from each goroutine that waits now to
// its lock and from the lock to its holder.
func (s State) WriteDOT(w io.Writer) error {
	var b strings.Builder
	b.WriteString("digraph lockorder {\n  rankdir=LR;\n  node [shape=box];\n")
	bad := s.entangled()
	for _, l := range s.nodes() {
		fmt.Fprintf(&b, "  l%d [label=%s];\n", l.ID, dotQuote(newNamer(&Report{}).full(l)))
	}
	for _, a := range s.arrows() {
		style := ""
		if t, ok := bad[arrowKey{a.from, a.to}]; ok {
			style = fmt.Sprintf(", color=%s, tooltip=%s", dotColour(t), dotQuote(t.String()))
		}
		fmt.Fprintf(&b, "  l%d -> l%d [label=%s%s];\n", a.from, a.to, dotQuote(a.label), style)
	}
	s.drawWaits(&b)
	b.WriteString("}\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// nodes are all locks that something refers to, by number.
func (s *State) nodes() []Lock {
	byID := map[uint64]Lock{}
	for _, l := range s.Locks {
		byID[l.ID] = l
	}
	for _, d := range s.Orders {
		for _, h := range d.Held {
			byID[h.Lock.ID] = h.Lock
		}
		byID[d.Want.Lock.ID] = d.Want.Lock
	}
	for _, w := range s.Waits {
		byID[w.Want.Lock.ID] = w.Want.Lock
	}
	var all []Lock
	for _, l := range byID {
		all = append(all, l)
	}
	slices.SortFunc(all, func(a, b Lock) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

type arrowKey struct{ from, to uint64 }

type arrow struct {
	from, to uint64
	label    string
}

// arrows are the orders between pairs of locks, one for each pair, with the
// place where it was first seen.
func (s *State) arrows() []arrow {
	byKey := map[arrowKey]arrow{}
	for _, d := range s.Orders {
		for _, h := range d.Held {
			key := arrowKey{h.Lock.ID, d.Want.Lock.ID}
			if _, seen := byKey[key]; !seen {
				byKey[key] = arrow{key.from, key.to, at(h) + " → " + at(d.Want)}
			}
		}
	}
	var all []arrow
	for _, a := range byKey {
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b arrow) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to))
	})
	return all
}

// entangled maps each order in the cycle of a finding to its gravest tier.
func (s *State) entangled() map[arrowKey]Tier {
	bad := map[arrowKey]Tier{}
	for _, f := range s.Findings {
		for _, e := range f.Report.Edges {
			held, ok := e.held()
			if !ok {
				continue
			}
			key := arrowKey{held.Lock.ID, e.Want.Lock.ID}
			if old, seen := bad[key]; !seen || f.Report.Tier < old {
				bad[key] = f.Report.Tier
			}
		}
	}
	return bad
}

func (s *State) drawWaits(b *strings.Builder) {
	waits := slices.Clone(s.Waits)
	slices.SortFunc(waits, func(a, b Wait) int { return cmp.Compare(a.Goroutine, b.Goroutine) })
	drawn := map[uint64]bool{}
	box := func(g uint64) {
		if !drawn[g] {
			drawn[g] = true
			fmt.Fprintf(b, "  g%d [label=\"goroutine %d\", shape=ellipse];\n", g, g)
		}
	}
	arrows := map[arrowKey]bool{}
	for _, w := range waits {
		box(w.Goroutine)
		fmt.Fprintf(b, "  g%d -> l%d [style=dashed, label=%s];\n", w.Goroutine, w.Want.Lock.ID, dotQuote("waits at "+at(w.Want)))
		for _, h := range w.Holders {
			box(h)
			key := arrowKey{w.Want.Lock.ID, h}
			if !arrows[key] {
				arrows[key] = true
				fmt.Fprintf(b, "  l%d -> g%d [style=dashed];\n", w.Want.Lock.ID, h)
			}
		}
	}
}

func dotColour(t Tier) string {
	if failingTiers.has(t) {
		return "red"
	}
	return "orange"
}

// dotQuote makes a string of the language; printable has removed line breaks.
func dotQuote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
