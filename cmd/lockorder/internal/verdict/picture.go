package verdict

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/interlock-go/interlock/cmd/lockorder/internal/finding"
	"github.com/interlock-go/interlock/cmd/lockorder/internal/interleaving"
	"github.com/interlock-go/interlock/internal/drawing"
	"github.com/interlock-go/interlock/internal/graphfile"
	"github.com/interlock-go/interlock/lockorder"
)

func writeDOT(v *Verdict, out io.Writer) error { return v.picture().Graph.DOT(out) }

func writeSVG(v *Verdict, out io.Writer) error { return v.drawn().SVG(out) }

func writeHTML(v *Verdict, out io.Writer) error { return v.drawn().HTML(out) }

// drawn is the picture, by Graphviz if it is installed.
func (v *Verdict) drawn() drawing.Page {
	page := v.picture()
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

func (v *Verdict) picture() drawing.Page {
	page := drawing.Page{Title: fmt.Sprintf("lockorder: %s: %s", finding.Extent(v.Graph), v.summary())}
	p := newPainter(v)
	for _, f := range v.found {
		if f.Status != finding.Suppressed && len(f.Report.Edges) > 0 {
			if cycle := p.cycle(f); len(cycle.Locks) > 0 {
				page.Cycles = append(page.Cycles, cycle)
			}
		}
	}
	slices.SortStableFunc(page.Cycles, func(a, b drawing.Cycle) int { return int(b.Weight - a.Weight) })
	page.Graph = p.graph(v.Graph.Orders())
	return page
}

// painter gives the locks of orders and findings their places in one graph. A
// lock without a class has a name for each place that locks it; a finding, which
// knows instances, says which of them are one lock.
type painter struct {
	v      *Verdict
	same   map[string]string // name → one that stands for it
	weight map[[2]string]drawing.Weight
}

func newPainter(v *Verdict) *painter {
	p := &painter{v: v, same: map[string]string{}, weight: map[[2]string]drawing.Weight{}}
	for _, f := range v.found {
		p.learn(f.Report)
	}
	for _, f := range v.found {
		for _, e := range f.Report.Edges {
			if e.Via >= 0 && e.Via < len(e.Held) && f.Status != finding.Suppressed {
				pair := [2]string{p.name(finding.FileHold(e.Held[e.Via])), p.name(finding.FileHold(e.Want))}
				p.weight[pair] = max(p.weight[pair], v.weightOf(f))
			}
		}
	}
	return p
}

// learn joins the names of each lock. A line that locks several, one after the
// other, says nothing of which.
func (p *painter) learn(r lockorder.Report) {
	locks := map[string]map[uint64]bool{}
	for h := range finding.Holds(r) {
		name := finding.FileHold(h).Name()
		if locks[name] == nil {
			locks[name] = map[uint64]bool{}
		}
		locks[name][h.Lock.ID] = true
	}
	first := map[uint64]string{}
	for h := range finding.Holds(r) {
		name := finding.FileHold(h).Name()
		if len(locks[name]) > 1 {
			continue
		}
		if first[h.Lock.ID] == "" {
			first[h.Lock.ID] = name
		}
		p.join(first[h.Lock.ID], name)
	}
}

func (v *Verdict) weightOf(f finding.Finding) drawing.Weight {
	if v.fails(f) {
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
		return cmp.Or(p.find(h.Name()), "?")
	}
	return "lock at " + p.v.Places.ToReport(position[:colon]) + position[colon:]
}

func (p *painter) cycle(f finding.Finding) drawing.Cycle {
	r := f.Report
	c := drawing.Cycle{Title: r.Tier.String() + " " + r.ID + f.Mark(), Text: r.Summary, Weight: p.v.weightOf(f)}
	for i, e := range r.Edges {
		if e.Via < 0 || e.Via >= len(e.Held) {
			continue
		}
		held := e.Held[e.Via]
		t := interleaving.Tell(r)
		c.Locks = append(c.Locks, p.inCycle(t, held))
		c.Labels = append(c.Labels, []string{
			fmt.Sprintf("%s: goroutine %d", t.Who(i), e.Goroutine),
			fmt.Sprintf("locks at %s", p.place(interleaving.SiteOf(held))), fmt.Sprintf("asks at %s", p.place(interleaving.SiteOf(e.Want))),
		})
	}
	if last := len(r.Edges) - 1; r.Tier == lockorder.Violation && len(c.Locks) == 1 {
		c.Locks = append(c.Locks, p.inCycle(interleaving.Tell(r), r.Edges[last].Want)) // a way, and no ring
	}
	steps, end := interleaving.Of(r)
	for _, s := range steps {
		at := ""
		if s.At.File != "" {
			at = " — " + p.place(s.At)
		}
		c.Steps = append(c.Steps, s.Who+" "+s.Does+at)
	}
	c.Steps = append(c.Steps, end)
	return c
}

// inCycle names a lock as the steps beside the drawing do, and one without a class
// with where it is locked at first.
func (p *painter) inCycle(t *interleaving.Teller, h lockorder.Hold) string {
	if h.Lock.Class != "" {
		return t.Name(h.Lock)
	}
	return t.Name(h.Lock) + ", " + p.place(interleaving.SiteOf(h))
}

func (p *painter) place(f lockorder.Frame) string {
	return fmt.Sprintf("%s:%d", p.v.Places.ToReport(f.File), f.Line)
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
	return fmt.Sprintf("%s:%d", p.v.Places.ToReport(h.Site[0].File), h.Site[0].Line)
}
