package drawing

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/interlock-go/interlock/internal/visible"
)

// most is how many locks of a ring have labels on their arrows; with more, the
// steps beside it say where.
const most = 6

// SVG draws the cycle as a ring, with where each order was taken on its arrow.
func (c Cycle) SVG() (svg string, width, height float64) {
	n := len(c.Locks)
	widest := 0.0
	for _, name := range c.Locks {
		widest = max(widest, boxWidth(name))
	}
	text := 0.0
	for _, lines := range c.Labels {
		for _, line := range lines {
			text = max(text, 6.2*float64(utf8.RuneCountInString(Name(line))))
		}
	}
	if n > most {
		text = 0
	}
	rx, ry := 0.0, 0.0
	if n > 1 {
		rx = max(160, float64(n)*(widest+30)/(2*math.Pi)*0.9, text/2+widest/2)
		ry = max(80, float64(n)*16, rx*0.32)
	}
	for c.crowded(ringOf(n, point{}, rx, ry)) {
		rx, ry = 1.1*rx, 1.1*ry
	}
	// Labels of a pair lie above and below, those of more outside.
	side := text * boolTo(n > 2)
	width, height = 2*(rx+side)+widest+2*margin, 2*ry+boxHeight+2*margin+60*boolTo(n <= most)
	middle := point{width / 2, height / 2}
	at := ringOf(n, middle, rx, ry)
	var b strings.Builder
	open(&b, width, height)
	for i := range c.Labels {
		c.ringArrow(&b, at, i, middle, rx, ry)
	}
	for i, name := range c.Locks {
		w := boxWidth(name)
		box(&b, point{at[i].x - w/2, at[i].y}, w, name, c.Weight)
	}
	b.WriteString("</svg>\n")
	return b.String(), width, height
}

// ringOf are n points on an ellipse, the first at the left.
func ringOf(n int, middle point, rx, ry float64) []point {
	at := make([]point, n)
	for i := range at {
		angle := 2*math.Pi*float64(i)/float64(n) + math.Pi
		at[i] = point{middle.x + rx*math.Cos(angle), middle.y + ry*math.Sin(angle)}
	}
	return at
}

// crowded says whether two boxes come closer than their arrow needs.
func (c Cycle) crowded(at []point) bool {
	const apart = 6
	for i, p := range at {
		for j := range i {
			q := at[j]
			if math.Abs(p.y-q.y) < boxHeight+apart && math.Abs(p.x-q.x) < (boxWidth(c.Locks[i])+boxWidth(c.Locks[j]))/2+apart {
				return true
			}
		}
	}
	return false
}

func boolTo(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// ringArrow leads from a lock to the next, bent outwards.
func (c Cycle) ringArrow(b *strings.Builder, at []point, i int, middle point, rx, ry float64) {
	n := len(at)
	from, to := at[i], at[(i+1)%n]
	if n == 1 {
		fmt.Fprintf(b, `<path d="M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1f" fill="none" stroke="%s" stroke-width="3" marker-end="url(#head%d)"/>`+"\n",
			from.x-20, from.y-boxHeight/2, from.x-60, from.y-60, from.x+60, from.y-60, from.x+20, from.y-boxHeight/2, colours[c.Weight], c.Weight)
		c.labels(b, point{middle.x, middle.y + boxHeight/2 + 18}, "middle", i)
		return
	}
	angle := 2*math.Pi*(float64(i)+0.5)/float64(n) + math.Pi
	out := 1.25
	if n > 3 {
		out = 1.05
	}
	bend := point{middle.x + out*rx*math.Cos(angle), middle.y + out*ry*math.Sin(angle)}
	if n == 2 {
		bend.y = middle.y + 1.5*ry*math.Sin(angle)
	}
	start, end := edgeOf(from, bend, boxWidth(c.Locks[i])), edgeOf(to, bend, boxWidth(c.Locks[(i+1)%n]))
	fmt.Fprintf(b, `<path d="M%.1f %.1fQ%.1f %.1f %.1f %.1f" fill="none" stroke="%s" stroke-width="3" marker-end="url(#head%d)"/>`+"\n",
		start.x, start.y, bend.x, bend.y, end.x, end.y, colours[c.Weight], c.Weight)
	if n > most {
		return
	}
	mid := point{(start.x + 2*bend.x + end.x) / 4, (start.y + 2*bend.y + end.y) / 4}
	anchor := "middle"
	switch {
	case n > 2 && math.Cos(angle) > 0.2:
		anchor = "start"
		mid.x += 10
	case n > 2 && math.Cos(angle) < -0.2:
		anchor = "end"
		mid.x -= 10
	}
	lines := float64(len(c.Labels[i]))
	if math.Sin(angle) > 0.3 {
		mid.y += 18
	} else if math.Sin(angle) < -0.3 {
		mid.y -= 14*lines - 4
	}
	c.labels(b, mid, anchor, i)
}

func (c Cycle) labels(b *strings.Builder, p point, anchor string, i int) {
	for k, line := range c.Labels[i] {
		fmt.Fprintf(b, `<text x="%.1f" y="%.1f" font-size="11" text-anchor="%s" fill="%s"><title>%s</title>%s</text>`+"\n",
			p.x, p.y+14*float64(k), anchor, colours[c.Weight], escape(visible.Text(line)), escape(Name(line)))
	}
}

// edgeOf is where the way from the middle of a box to p leaves the box.
func edgeOf(middle, p point, width float64) point {
	dx, dy := p.x-middle.x, p.y-middle.y
	scale := math.Inf(1)
	if dx != 0 {
		scale = math.Abs(width / 2 / dx)
	}
	if dy != 0 {
		scale = min(scale, math.Abs((boxHeight/2+2)/dy))
	}
	if math.IsInf(scale, 1) || scale > 1 {
		return middle
	}
	return point{middle.x + dx*scale, middle.y + dy*scale}
}
