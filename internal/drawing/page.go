package drawing

import (
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/interlock-go/interlock/internal/visible"
)

// Page is all that is drawn of a graph.
type Page struct {
	Title  string
	Cycles []Cycle // the gravest first
	Graph  Graph
	// Drawn is the graph as Graphviz has drawn it, an svg element, "" to draw it
	// here.
	Drawn string
}

// largest is how many cycles are drawn. There can be very many, and nobody looks
// at all; the text has them.
const largest = 20

// HTML writes a page that needs nothing but itself.
func (p Page) HTML(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>%s</title>
<style>
body { font-family: Helvetica, Arial, sans-serif; color: #202124; margin: 1.5rem; line-height: 1.4; }
h1 { font-size: 1.1rem; font-weight: normal; }
section { border: 1px solid #dadce0; border-left: 6px solid #c77700; border-radius: 6px; padding: .8rem 1.2rem; margin: 0 0 1.2rem; }
section.failing { border-left-color: #c5221f; }
h2 { font-size: 1.05rem; margin: 0; }
section.failing h2 { color: #c5221f; }
p { margin: .4rem 0; }
ol { margin: .6rem 0 0; padding-left: 1.8rem; }
li { overflow-wrap: anywhere; }
.drawing { overflow: auto; max-width: 100%%; max-height: 90vh; }
.ring svg { max-width: 100%%; height: auto; display: block; margin: 0 auto; }
</style>
</head>
<body>
<h1>%s</h1>
`, escape(visible.Text(p.Title)), escape(visible.Text(p.Title)))
	for _, c := range p.shown() {
		class := ""
		if c.Weight == Failing {
			class = ` class="failing"`
		}
		svg, _, _ := c.SVG()
		fmt.Fprintf(&b, "<section%s>\n<h2>%s</h2>\n<p>%s</p>\n<div class=\"drawing ring\">\n%s</div>\n", class, escape(visible.Text(c.Title)), escape(visible.Text(c.Text)), svg)
		b.WriteString("<ol>\n")
		for _, s := range c.Steps {
			fmt.Fprintf(&b, "<li>%s</li>\n", escape(visible.Text(s)))
		}
		b.WriteString("</ol>\n</section>\n")
	}
	if more := len(p.Cycles) - largest; more > 0 {
		fmt.Fprintf(&b, "<p>%d more cycles are in the text.</p>\n", more)
	}
	graph, _, _ := p.graph()
	fmt.Fprintf(&b, "<h1>All orders: an arrow leads from a lock to one that was asked for while it was held</h1>\n<div class=\"drawing\" id=\"graph\">\n%s</div>\n</body>\n</html>\n", graph)
	_, err := io.WriteString(w, b.String())
	return err
}

// SVG writes one picture: the cycles, and the graph under them.
func (p Page) SVG(w io.Writer) error {
	var body strings.Builder
	y, width := margin, 0.0
	for _, c := range p.shown() {
		svg, cw, ch := c.SVG()
		fmt.Fprintf(&body, `<text x="%.0f" y="%.0f" font-size="16" font-weight="bold" fill="%s">%s</text>`+"\n", margin, y+12, colours[c.Weight], escape(visible.Text(c.Title)))
		fmt.Fprintf(&body, `<text x="%.0f" y="%.0f" font-size="13" fill="#202124">%s</text>`+"\n", margin, y+32, escape(visible.Text(c.Text)))
		fmt.Fprintf(&body, "<g transform=\"translate(%.0f %.0f)\">\n%s</g>\n", margin, y+44, svg)
		y += ch + 56
		width = max(width, cw+2*margin, 6.6*float64(len(c.Text))+2*margin)
	}
	graph, gw, gh := p.graph()
	fmt.Fprintf(&body, "<g transform=\"translate(%.0f %.0f)\">\n%s</g>\n", margin, y, graph)
	width, y = max(width, gw+2*margin), y+gh+margin
	_, err := fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" font-family="Helvetica, Arial, sans-serif">
<title>%s</title>
<rect width="100%%" height="100%%" fill="white"/>
%s</svg>
`, width, y, width, y, escape(visible.Text(p.Title)), body.String())
	return err
}

func (p Page) shown() []Cycle { return p.Cycles[:min(len(p.Cycles), largest)] }

// graph is Graphviz's drawing, or our own.
func (p Page) graph() (svg string, width, height float64) {
	if p.Drawn != "" {
		if size := graphvizSize.FindStringSubmatchIndex(p.Drawn); size != nil {
			w, _ := strconv.ParseFloat(p.Drawn[size[2]:size[3]], 64)
			h, _ := strconv.ParseFloat(p.Drawn[size[4]:size[5]], 64)
			return p.Drawn[size[0]:], w * 4 / 3, h * 4 / 3
		}
	}
	return p.Graph.SVG()
}

// graphvizSize is the element in which Graphviz says its size, in points: four to
// three pixels.
var graphvizSize = regexp.MustCompile(`<svg width="([0-9.]+)pt" height="([0-9.]+)pt"`)
