package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/interlock-go/interlock/internal/drawing"
	"github.com/interlock-go/interlock/internal/graphfile"
	"github.com/interlock-go/interlock/lockorder"
)

func writeDOT(c *checked, out io.Writer) error { return c.picture().Graph.DOT(out) }

func writeSVG(c *checked, out io.Writer) error { return c.drawn().SVG(out) }

func writeHTML(c *checked, out io.Writer) error { return c.drawn().HTML(out) }

// drawn is the picture, by Graphviz if it is installed.
func (c *checked) drawn() drawing.Page {
	page := c.picture()
	page.Drawn = graphviz(page.Graph)
	return page
}

// patience is how long Graphviz may take: with many hundred locks it can be
// minutes, and the built-in drawing takes none.
const patience = 20 * time.Second

// graphviz draws the graph as go tool pprof has its own drawn. It returns "" if
// there is no Graphviz, or it fails.
func graphviz(g drawing.Graph) string {
	dot, err := exec.LookPath("dot")
	if err != nil {
		return ""
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var in, out bytes.Buffer
	if err := g.DOT(&in); err != nil {
		return ""
	}
	cmd := exec.CommandContext(ctx, dot, "-Tsvg")
	cmd.Stdin, cmd.Stdout = &in, &out
	if cmd.Run() != nil {
		return ""
	}
	return out.String()
}

func (c *checked) picture() drawing.Page {
	page := drawing.Page{Title: fmt.Sprintf("lockorder: %s: %s", extent(c.graph), c.summary())}
	p := newPainter(c)
	for _, f := range c.found {
		if f.status != isSuppressed && len(f.report.Edges) > 0 {
			if cycle := p.cycle(f); len(cycle.Locks) > 0 {
				page.Cycles = append(page.Cycles, cycle)
			}
		}
	}
	slices.SortStableFunc(page.Cycles, func(a, b drawing.Cycle) int { return int(b.Weight - a.Weight) })
	page.Graph = p.graph(c.graph.Orders())
	return page
}

// painter gives the locks of orders and findings their places in one graph. A
// lock without a class has a name for each place that locks it; a finding, which
// knows instances, says which of them are one lock.
type painter struct {
	c      *checked
	same   map[string]string // name → one that stands for it
	weight map[[2]string]drawing.Weight
}

func newPainter(c *checked) *painter {
	p := &painter{c: c, same: map[string]string{}, weight: map[[2]string]drawing.Weight{}}
	for _, f := range c.found {
		p.learn(f.report)
	}
	for _, f := range c.found {
		for _, e := range f.report.Edges {
			if e.Via >= 0 && e.Via < len(e.Held) && f.status != isSuppressed {
				pair := [2]string{p.name(fileHold(e.Held[e.Via])), p.name(fileHold(e.Want))}
				p.weight[pair] = max(p.weight[pair], c.weightOf(f))
			}
		}
	}
	return p
}

// learn joins the names of each lock. A line that locks several, one after the
// other, says nothing of which.
func (p *painter) learn(r lockorder.Report) {
	locks := map[string]map[uint64]bool{}
	for h := range holdsOf(r) {
		name := fileHold(h).Name()
		if locks[name] == nil {
			locks[name] = map[uint64]bool{}
		}
		locks[name][h.Lock.ID] = true
	}
	first := map[uint64]string{}
	for h := range holdsOf(r) {
		name := fileHold(h).Name()
		if len(locks[name]) > 1 {
			continue
		}
		if first[h.Lock.ID] == "" {
			first[h.Lock.ID] = name
		}
		p.join(first[h.Lock.ID], name)
	}
}

// holdsOf are all locks of a report, held and wanted.
func holdsOf(r lockorder.Report) iter.Seq[lockorder.Hold] {
	return func(yield func(lockorder.Hold) bool) {
		for _, e := range r.Edges {
			for _, h := range e.Held {
				if !yield(h) {
					return
				}
			}
			if !yield(e.Want) {
				return
			}
		}
	}
}

func (c *checked) weightOf(f finding) drawing.Weight {
	if c.fails(f) {
		return drawing.Failing
	}
	return drawing.Listed
}

// find is the name that stands for another.
func (p *painter) find(name string) string {
	for p.same[name] != "" {
		name = p.same[name]
	}
	return name
}

func (p *painter) join(a, b string) {
	a, b = p.find(a), p.find(b)
	if a != b {
		p.same[max(a, b)] = min(a, b)
	}
}

// name is a lock as it is drawn: what has no class is told by where it is locked.
func (p *painter) name(h graphfile.Hold) string {
	position, ok := strings.CutPrefix(p.find(h.Name()), graphfile.Placed)
	colon := strings.LastIndexByte(position, ':')
	if h.Class != "" || !ok || colon < 0 {
		return orElse(p.find(h.Name()), "?")
	}
	return "lock at " + p.c.places.toReport(position[:colon]) + position[colon:]
}

func (p *painter) cycle(f finding) drawing.Cycle {
	r := f.report
	c := drawing.Cycle{Title: r.Tier.String() + " " + r.ID + f.mark(), Text: r.Summary, Weight: p.c.weightOf(f)}
	for i, e := range r.Edges {
		if e.Via < 0 || e.Via >= len(e.Held) {
			continue
		}
		held := e.Held[e.Via]
		t := teller{r: r}
		c.Locks = append(c.Locks, p.inCycle(t, held))
		c.Labels = append(c.Labels, []string{
			fmt.Sprintf("%s: goroutine %d", t.who(i), e.Goroutine),
			fmt.Sprintf("locks at %s", p.place(siteOf(held))), fmt.Sprintf("asks at %s", p.place(siteOf(e.Want))),
		})
	}
	if last := len(r.Edges) - 1; r.Tier == lockorder.Violation && len(c.Locks) == 1 {
		c.Locks = append(c.Locks, p.inCycle(teller{r: r}, r.Edges[last].Want)) // a way, and no ring
	}
	steps, end := interleaving(r)
	for _, s := range steps {
		at := ""
		if s.at.File != "" {
			at = " — " + p.place(s.at)
		}
		c.Steps = append(c.Steps, s.who+" "+s.does+at)
	}
	c.Steps = append(c.Steps, end)
	return c
}

// inCycle names a lock as the steps beside the drawing do, and one without a class
// with where it is locked at first.
func (p *painter) inCycle(t teller, h lockorder.Hold) string {
	if h.Lock.Class != "" {
		return t.name(h.Lock)
	}
	return t.name(h.Lock) + ", " + p.place(siteOf(h))
}

func (p *painter) place(f lockorder.Frame) string {
	return fmt.Sprintf("%s:%d", p.c.places.toReport(f.File), f.Line)
}

// graph has a lock for each name and an arrow for each pair.
func (p *painter) graph(orders []graphfile.Order) drawing.Graph {
	var g drawing.Graph
	index := map[string]int{}
	lock := func(name string) int {
		i, ok := index[name]
		if !ok {
			i = len(g.Locks)
			index[name] = i
			g.Locks = append(g.Locks, name)
		}
		return i
	}
	drawn := map[[2]string]bool{}
	for _, o := range orders {
		want := p.name(o.Want)
		for _, h := range o.Held {
			pair := [2]string{p.name(h), want}
			if drawn[pair] {
				continue
			}
			drawn[pair] = true
			label := fmt.Sprintf("%s → %s", p.site(h), p.site(o.Want))
			g.Arrows = append(g.Arrows, drawing.Arrow{From: lock(pair[0]), To: lock(pair[1]), Label: label, Weight: p.weight[pair]})
		}
	}
	return g
}

func (p *painter) site(h graphfile.Hold) string {
	if len(h.Site) == 0 {
		return "?"
	}
	return fmt.Sprintf("%s:%d", p.c.places.toReport(h.Site[0].File), h.Site[0].Line)
}
