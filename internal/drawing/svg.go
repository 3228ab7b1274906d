package drawing

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/interlock-go/interlock/internal/visible"
)

// Sizes in pixels.
const (
	boxHeight = 26.0
	rowGap    = 14.0
	laneGap   = 8.0 // height of an arrow's point
	columnGap = 90.0
	letter    = 7.6
	margin    = 24.0
	beside    = 8.0 // an arrow back, next to the one forth
)

type point struct{ x, y float64 }

// SVG draws the graph in layers, from left to right. width and height are its
// size; the drawing is an svg element that may stand in another one or in a page.
func (g Graph) SVG() (svg string, width, height float64) {
	l := g.layout()
	at, widths, width, height := g.places(l)
	var b strings.Builder
	open(&b, width, height)
	for _, weight := range []Weight{Plain, Listed, Failing} { // the gravest on top
		for i, a := range g.Arrows {
			if a.Weight == weight {
				g.arrow(&b, a, g.route(l, i, at, widths))
			}
		}
	}
	weights := g.weights()
	for i, name := range g.Locks {
		box(&b, at[i], widths[i], name, weights[i])
	}
	b.WriteString("</svg>\n")
	return b.String(), width, height
}

func open(b *strings.Builder, width, height float64) {
	fmt.Fprintf(b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" font-family="Helvetica, Arial, sans-serif">`+"\n<defs>", width, height, width, height)
	for weight, colour := range colours {
		fmt.Fprintf(b, `<marker id="head%d" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="%d" markerHeight="%d" markerUnits="userSpaceOnUse" orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="%s"/></marker>`,
			weight, 8+3*min(weight, 1)*2, 8+3*min(weight, 1)*2, colour)
	}
	b.WriteString("</defs>\n")
}

// places are the left middles of the vertices and the widths of their boxes.
func (g Graph) places(l *layout) (at []point, widths []float64, width, height float64) {
	at, widths = make([]point, len(l.lock)), make([]float64, len(l.lock))
	for _, layer := range l.layers {
		h := 0.0
		for _, v := range layer {
			h += g.rowHeight(l, v)
		}
		height = max(height, h)
	}
	x := margin
	for _, layer := range l.layers {
		column, h := 0.0, 0.0
		for _, v := range layer {
			if l.lock[v] >= 0 {
				widths[v] = boxWidth(g.Locks[l.lock[v]])
				column = max(column, widths[v])
			}
			h += g.rowHeight(l, v)
		}
		y := margin + (height-h)/2
		for _, v := range layer {
			row := g.rowHeight(l, v)
			at[v] = point{x, y + row/2}
			y += row
			if l.lock[v] < 0 {
				widths[v] = column // an arrow passes the whole column
			}
		}
		x += column + columnGap
	}
	return at, widths, max(x-columnGap, margin) + 3*margin, height + 2*margin
}

func (g Graph) rowHeight(l *layout, v int) float64 {
	if l.lock[v] < 0 {
		return laneGap
	}
	return boxHeight + rowGap
}

func boxWidth(name string) float64 {
	return letter*float64(utf8.RuneCountInString(Name(name))) + 20
}

// route is the way of an arrow, as the points of a cubic spline.
func (g Graph) route(l *layout, i int, at []point, widths []float64) string {
	path := l.paths[i]
	first, last := path[0], path[len(path)-1]
	if first == last { // above the box
		p := at[first]
		x := p.x + widths[first]/2
		top := p.y - boxHeight/2
		return fmt.Sprintf("M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1f", x-12, top, x-22, top-24, x+22, top-24, x+12, top)
	}
	forward := l.layer[first] < l.layer[last]
	side := func(v int, leaving bool) point {
		p := at[v]
		if leaving == forward {
			p.x += widths[v]
		}
		if !forward && l.lock[v] >= 0 {
			p.y += beside
		}
		return p
	}
	var b strings.Builder
	from := side(first, true)
	fmt.Fprintf(&b, "M%.1f %.1f", from.x, from.y)
	for k := 1; k < len(path); k++ {
		to := side(path[k], false)
		bend := math.Max(math.Abs(to.x-from.x)/2, 10)
		if !forward {
			bend = -bend
		}
		fmt.Fprintf(&b, "C%.1f %.1f %.1f %.1f %.1f %.1f", from.x+bend, from.y, to.x-bend, to.y, to.x, to.y)
		if k < len(path)-1 {
			from = side(path[k], true)
			fmt.Fprintf(&b, "L%.1f %.1f", from.x, from.y)
		}
	}
	return b.String()
}

func (g Graph) arrow(b *strings.Builder, a Arrow, route string) {
	thick, opacity := 1.2, 0.7
	if a.Weight > Plain {
		thick, opacity = 3, 1
	}
	fmt.Fprintf(b, `<path d="%s" fill="none" stroke="%s" stroke-width="%.1f" opacity="%.1f" marker-end="url(#head%d)"><title>%s</title></path>`+"\n",
		route, colours[a.Weight], thick, opacity, a.Weight, escape(visible.Text(a.Label)))
}

// box draws a lock; p is the middle of its left side.
func box(b *strings.Builder, p point, width float64, name string, weight Weight) {
	thick, bold := 1.0, ""
	if weight > Plain {
		thick, bold = 2.5, ` font-weight="bold"`
	}
	fmt.Fprintf(b, `<g><title>%s</title><rect x="%.1f" y="%.1f" width="%.1f" height="%.0f" rx="6" fill="%s" stroke="%s" stroke-width="%.1f"/>`,
		escape(visible.Text(name)), p.x, p.y-boxHeight/2, width, boxHeight, tints[weight], colours[weight], thick)
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" font-size="12" text-anchor="middle" fill="#202124"%s>%s</text></g>`+"\n",
		p.x+width/2, p.y+4, bold, escape(Name(name)))
}
