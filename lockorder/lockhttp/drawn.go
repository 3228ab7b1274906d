package lockhttp

import (
	"cmp"
	"fmt"
	"html/template"
	"path"
	"slices"

	"github.com/interlock-go/interlock/internal/drawing"
	"github.com/interlock-go/interlock/lockorder"
)

// ring draws goroutines that wait for one another.
func ring(r lockorder.Report) template.HTML {
	c := drawing.Cycle{Weight: drawing.Failing}
	for _, e := range r.Edges {
		c.Locks = append(c.Locks, fmt.Sprintf("goroutine %d", e.Goroutine))
		c.Labels = append(c.Labels, []string{"waits for " + lockName(e.Want.Lock), "at " + place(site(e.Want))})
	}
	return draw(c)
}

// cycle draws the locks of a finding; nil if it is none of orders.
func cycle(f lockorder.Finding) template.HTML {
	if f.Report.Kind == lockorder.KindRing || f.Report.Kind == lockorder.KindSelf && f.Report.Tier == lockorder.Deadlock {
		return ring(f.Report)
	}
	c := drawing.Cycle{Weight: weigh(f)}
	for _, e := range f.Report.Edges {
		held, ok := via(e)
		if !ok {
			return ""
		}
		c.Locks = append(c.Locks, sited(held))
		c.Labels = append(c.Labels, []string{
			fmt.Sprintf("goroutine %d", e.Goroutine), "locks at " + place(site(held)), "asks at " + place(site(e.Want)),
		})
	}
	if n := len(c.Locks); n == 1 && f.Report.Edges[0].Want.Lock.ID != f.Report.Edges[0].Held[f.Report.Edges[0].Via].Lock.ID {
		c.Locks = append(c.Locks, sited(f.Report.Edges[0].Want)) // a way, and no ring
	}
	return draw(c)
}

// corners bounds a ring that is drawn: with more it is larger than any window, and the list says the same.
const corners = 64

func draw(c drawing.Cycle) template.HTML {
	if len(c.Locks) == 0 || len(c.Locks) > corners {
		return ""
	}
	svg, _, _ := c.SVG()
	return template.HTML(svg) // drawing escapes every name
}

func via(e lockorder.Edge) (lockorder.Hold, bool) {
	if e.Via < 0 || e.Via >= len(e.Held) {
		return lockorder.Hold{}, false
	}
	return e.Held[e.Via], true
}

func weigh(f lockorder.Finding) drawing.Weight {
	switch {
	case f.Silenced:
		return drawing.Plain
	case fails(f.Report.Tier):
		return drawing.Failing
	}
	return drawing.Listed
}

// fails tells the tiers that fail a test.
func fails(t lockorder.Tier) bool { return t <= lockorder.Violation }

// arrows bounds the drawing: with more, nobody sees anything, and the layout takes time.
const arrows = 80

// picture is the order graph as it is drawn.
type picture struct {
	SVG   template.HTML
	Shown int // arrows
	All   int
}

// graph draws the orders, those of findings first. Locks of a class are one box.
func graph(o Orders) picture {
	p := painter{index: map[string]int{}, name: map[uint64]string{}, at: map[[2]int]int{}}
	for _, f := range o.Findings {
		for _, e := range f.Report.Edges {
			if held, ok := via(e); ok && f.Report.Kind != lockorder.KindRing {
				p.arrow(held, e.Want, weigh(f), 0)
			}
		}
	}
	for _, d := range o.Orders {
		for _, h := range d.Held {
			p.arrow(h, d.Want, drawing.Plain, d.Count)
		}
	}
	all := p.all
	slices.SortStableFunc(all, func(a, b counted) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(b.count, a.count))
	})
	shown := all[:min(len(all), arrows)]
	var g drawing.Graph
	index := map[int]int{}
	box := func(lock int) int {
		if _, ok := index[lock]; !ok {
			index[lock] = len(g.Locks)
			g.Locks = append(g.Locks, p.locks[lock])
		}
		return index[lock]
	}
	for _, a := range shown {
		a.From, a.To = box(a.From), box(a.To)
		g.Arrows = append(g.Arrows, a.Arrow)
	}
	svg, _, _ := g.SVG()
	return picture{template.HTML(svg), len(shown), len(all)} // drawing escapes every name
}

type counted struct {
	drawing.Arrow
	count uint64
}

type painter struct {
	locks []string
	index map[string]int    // name → index in locks
	name  map[uint64]string // of a lock without a class: the one given first
	all   []counted
	at    map[[2]int]int // index in all
}

func (p *painter) arrow(held, want lockorder.Hold, w drawing.Weight, count uint64) {
	key := [2]int{p.lock(held), p.lock(want)}
	i, known := p.at[key]
	if !known {
		i = len(p.all)
		p.at[key] = i
		p.all = append(p.all, counted{Arrow: drawing.Arrow{From: key[0], To: key[1], Label: place(site(held)) + " → " + place(site(want))}})
	}
	p.all[i].Weight = max(p.all[i].Weight, w)
	p.all[i].count += count
}

func (p *painter) lock(h lockorder.Hold) int {
	name := h.Lock.Class
	if name == "" {
		if p.name[h.Lock.ID] == "" {
			p.name[h.Lock.ID] = sited(h)
		}
		name = p.name[h.Lock.ID]
	}
	i, ok := p.index[name]
	if !ok {
		i = len(p.locks)
		p.index[name] = i
		p.locks = append(p.locks, name)
	}
	return i
}

// lockName names a lock: "cache.mu #3", or "Mutex #3" if it has no class.
func lockName(l lockorder.Lock) string {
	name := l.Class
	if name == "" {
		name = cmp.Or(l.Type, "lock")
	}
	return fmt.Sprintf("%s #%d", drawing.Name(name), l.ID)
}

// sited adds where a lock without a class is locked: its number alone says nothing.
func sited(h lockorder.Hold) string {
	if h.Lock.Class != "" || len(h.Stack) == 0 {
		return lockName(h.Lock)
	}
	return lockName(h.Lock) + ", " + place(h.Stack[0])
}

// place is a line in short: "put.go:30".
func place(f lockorder.Frame) string {
	if f.File == "" {
		return "an unknown place"
	}
	return fmt.Sprintf("%s:%d", path.Base(f.File), f.Line)
}
