package drawing_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/interlock-go/interlock/internal/drawing"
)

var small = drawing.Page{
	Title: "1 potential <fails>",
	Cycles: []drawing.Cycle{{
		Title: "potential 0a1b", Text: "user & session", Weight: drawing.Failing,
		Locks:  []string{"user", "session"},
		Labels: [][]string{{"A: goroutine 7", "locks at user.go:12"}, {"B: goroutine 9", "locks at session.go:20"}},
		Steps:  []string{"A locks user", "B locks session"},
	}},
	Graph: drawing.Graph{
		Locks: []string{"user", "session", "log", "\x01<b>\u202e"},
		Arrows: []drawing.Arrow{
			{From: 0, To: 1, Label: "user.go:12 → user.go:13", Weight: drawing.Failing},
			{From: 1, To: 0, Label: "session.go:20 → session.go:21", Weight: drawing.Failing},
			{From: 1, To: 2, Label: "log.go:1"},
			{From: 0, To: 3, Label: `"quoted" \ `, Weight: drawing.Listed},
			{From: 2, To: 2, Label: "log.go:2"},
		},
	},
}

// With INTERLOCK_GOLDEN=write the golden files are written, to be looked at.
func TestGolden(t *testing.T) {
	for name, write := range map[string]func(io.Writer) error{
		"small.dot": small.Graph.DOT, "small-svg.golden": small.SVG, "small-html.golden": small.HTML,
	} {
		t.Run(name, func(t *testing.T) {
			var got strings.Builder
			require.NoError(t, write(&got))
			file := filepath.Join("testdata", name)
			if os.Getenv("INTERLOCK_GOLDEN") == "write" {
				require.NoError(t, os.WriteFile(file, []byte(got.String()), 0o666))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, string(want), got.String())
		})
	}
}

func TestGraphvizsDrawingIsTaken(t *testing.T) {
	page := small
	page.Drawn = "<?xml version=\"1.0\"?>\n<!DOCTYPE svg>\n<svg width=\"30pt\" height=\"60pt\">drawn</svg>"
	var got strings.Builder
	require.NoError(t, page.HTML(&got))
	require.Contains(t, got.String(), `<div class="drawing" id="graph">`+"\n"+`<svg width="30pt" height="60pt">drawn</svg>`)
	page.Drawn = "dot: it went wrong"
	got.Reset()
	require.NoError(t, page.HTML(&got))
	require.NotContains(t, got.String(), "it went wrong")
}

func TestNames(t *testing.T) {
	require.Equal(t, "user", drawing.Name("user"))
	require.Equal(t, `"a\nb"`, drawing.Name("a\nb"))
	long := strings.Repeat("x", 60) + ".mu"
	require.Equal(t, "…"+long[len(long)-47:], drawing.Name(long))
}

func drawGraph(rt *rapid.T) drawing.Graph {
	var g drawing.Graph
	n := rapid.IntRange(1, 40).Draw(rt, "locks")
	for i := range n {
		g.Locks = append(g.Locks, rapid.StringN(1, 20, -1).Draw(rt, "name")+strconv.Itoa(i))
	}
	for range rapid.IntRange(0, 80).Draw(rt, "arrows") {
		g.Arrows = append(g.Arrows, drawing.Arrow{
			From: rapid.IntRange(0, n-1).Draw(rt, "from"), To: rapid.IntRange(0, n-1).Draw(rt, "to"),
			Label: rapid.String().Draw(rt, "label"), Weight: rapid.SampledFrom([]drawing.Weight{drawing.Plain, drawing.Listed, drawing.Failing}).Draw(rt, "weight"),
		})
	}
	return g
}

var rect = regexp.MustCompile(`<rect x="([-0-9.]+)" y="([-0-9.]+)" width="([-0-9.]+)" height="([-0-9.]+)" rx`)

// boxes are those of an svg element: left, top, right, bottom.
func boxes(t require.TestingT, svg string) [][4]float64 {
	var all [][4]float64
	for _, m := range rect.FindAllStringSubmatch(svg, -1) {
		var v [4]float64
		for i := range v {
			var err error
			v[i], err = strconv.ParseFloat(m[i+1], 64)
			require.NoError(t, err)
		}
		all = append(all, [4]float64{v[0], v[1], v[0] + v[2], v[1] + v[3]})
	}
	return all
}

// Whatever the graph: each lock has a box, boxes lie in the drawing and apart, each
// arrow is there, and the text is XML.
func TestAnyGraphIsDrawn(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := drawGraph(rt)
		svg, width, height := g.SVG()
		requireXML(rt, svg)
		all := boxes(rt, svg)
		require.Len(rt, all, len(g.Locks))
		for i, a := range all {
			require.True(rt, a[0] >= 0 && a[1] >= 0 && a[2] <= width && a[3] <= height, "%v outside of %v × %v", a, width, height)
			for _, b := range all[i+1:] {
				require.False(rt, a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3], "%v on %v", a, b)
			}
		}
		require.Equal(rt, len(g.Arrows), strings.Count(svg, "marker-end"))
		again, _, _ := g.SVG()
		require.Equal(rt, svg, again)
	})
}

func TestAnyRingIsDrawn(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var c drawing.Cycle
		for i := range rapid.IntRange(1, 64).Draw(rt, "locks") {
			c.Locks = append(c.Locks, rapid.StringN(1, 60, -1).Draw(rt, "name"))
			c.Labels = append(c.Labels, []string{fmt.Sprint("goroutine ", i), rapid.String().Draw(rt, "label")})
		}
		svg, width, height := c.SVG()
		requireXML(rt, svg)
		all := boxes(rt, svg)
		require.Len(rt, all, len(c.Locks))
		for i, a := range all {
			require.True(rt, a[0] >= 0 && a[1] >= 0 && a[2] <= width && a[3] <= height, "%v outside of %v × %v", a, width, height)
			for _, b := range all[i+1:] {
				require.False(rt, a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3], "%v on %v", a, b)
			}
		}
		require.Equal(rt, len(c.Locks), strings.Count(svg, "marker-end"))
	})
}

func requireXML(t require.TestingT, text string) {
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(t, err)
	}
}

// A chain is as deep as it is long, and a thousand locks are nothing unusual.
func TestLargeGraphsAreDrawn(t *testing.T) {
	var g drawing.Graph
	for i := range 2000 {
		g.Locks = append(g.Locks, fmt.Sprint("lock ", i))
		if i > 0 {
			g.Arrows = append(g.Arrows, drawing.Arrow{From: i - 1, To: i})
		}
	}
	g.Arrows = append(g.Arrows, drawing.Arrow{From: 1999, To: 0, Weight: drawing.Failing})
	svg, _, _ := g.SVG()
	require.Len(t, boxes(t, svg), 2000)
}
