// Package drawing draws lock orders: the cycles, each as a ring that is the first
// thing to be seen, and the graph of all orders, in which they are red.
//
// The graph is laid out by Graphviz where the caller has it, from [Graph.DOT], else
// in layers by [Graph.SVG], after K. Sugiyama, S. Tagawa and M. Toda, "Methods for
// Visual Understanding of Hierarchical System Structures" (IEEE Transactions on
// Systems, Man, and Cybernetics, 1981): arrows that close cycles are turned, each
// lock stands in the layer after those that come before it, and the locks of a
// layer are sorted by where their neighbours are.
package drawing

import (
	"fmt"
	"html"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/interlock-go/interlock/internal/visible"
)

// Weight is how much an arrow matters.
type Weight int

const (
	Plain   Weight = iota // an order in no cycle
	Listed                // in a cycle that does not fail
	Failing               // in a cycle that fails
)

// Graph is the order graph: an arrow leads from a lock to one that was asked for
// while it was held.
type Graph struct {
	Locks  []string
	Arrows []Arrow
}

// Arrow is an order of two locks, by their index in Locks.
type Arrow struct {
	From, To int
	Label    string // where it was taken
	Weight   Weight
}

// Cycle is one finding.
type Cycle struct {
	Title  string // "potential 0a1b2c3d4e5f"
	Text   string // the sentence
	Steps  []string
	Weight Weight
	Locks  []string
	// Labels are those of the arrows: Labels[i] is of the one from Locks[i] to the
	// next.
	Labels [][]string
}

var colours = [...]string{Plain: "#9aa0a6", Listed: "#c77700", Failing: "#c5221f"}

// DOT writes the graph in the language of Graphviz.
func (g Graph) DOT(w io.Writer) error {
	var b strings.Builder
	b.WriteString("digraph lockorder {\n  rankdir=LR;\n  bgcolor=transparent;\n" +
		"  node [shape=box, style=\"rounded,filled\", fontname=\"Helvetica\", fontsize=11, color=\"#9aa0a6\", fillcolor=\"#f8f9fa\"];\n" +
		"  edge [fontname=\"Helvetica\", fontsize=9, color=\"#9aa0a6\"];\n")
	weights := g.weights()
	for i, name := range g.Locks {
		look := ""
		if weights[i] > Plain {
			look = fmt.Sprintf(", color=%q, fillcolor=%q, penwidth=2.5, fontsize=14", colours[weights[i]], tints[weights[i]])
		}
		fmt.Fprintf(&b, "  l%d [label=%s, tooltip=%s%s];\n", i, dotQuote(Name(name)), dotQuote(visible.Text(name)), look)
	}
	for _, a := range g.Arrows {
		look := ""
		if a.Weight > Plain {
			look = fmt.Sprintf(", color=%q, fontcolor=%q, penwidth=3, label=%s", colours[a.Weight], colours[a.Weight], dotQuote(Name(a.Label)))
		}
		fmt.Fprintf(&b, "  l%d -> l%d [tooltip=%s%s];\n", a.From, a.To, dotQuote(visible.Text(a.Label)), look)
	}
	b.WriteString("}\n")
	_, err := io.WriteString(w, b.String())
	return err
}

var tints = [...]string{Plain: "#f8f9fa", Listed: "#fef3e0", Failing: "#fce8e6"}

// weights are the gravest arrows at each lock.
func (g Graph) weights() []Weight {
	weights := make([]Weight, len(g.Locks))
	for _, a := range g.Arrows {
		weights[a.From] = max(weights[a.From], a.Weight)
		weights[a.To] = max(weights[a.To], a.Weight)
	}
	return weights
}

// longest is how much of a name is drawn; a pointer on it shows the whole.
const longest = 48

// Name is a name as it is drawn: its end, which tells more than its beginning.
func Name(s string) string {
	s = visible.Text(s)
	if utf8.RuneCountInString(s) <= longest {
		return s
	}
	runes := []rune(s)
	return "…" + string(runes[len(runes)-longest+1:])
}

// dotQuote makes a string of the language; visible has removed line breaks.
func dotQuote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

func escape(s string) string { return html.EscapeString(s) }
