package conformance_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// browser starts the one on this machine. Without one there is nothing to look
// with; only CI insists.
func browser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("no browser is installed: apt-get install chromium")
		}
		t.Skip("no browser is installed")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WindowSize(1300, 1000))
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	require.NoError(t, chromedp.Do(ctx)) // starts it
	return ctx
}

// look is what a page shows, measured by the browser.
type look struct {
	Title     string
	Scripts   int
	Images    int
	Cycles    int     // drawn as rings
	CycleTop  float64 // of the first ring's drawing
	CycleEnd  float64 // its lower end
	GraphTop  float64 // of the graph's
	Boxes     int     // in the first ring
	Overlaps  int     // pairs of boxes of the first ring that do
	Outside   int     // texts of the first ring that leave its drawing
	Overflow  int     // names that leave their boxes, in the ring and our own graph
	Red       int     // arrows in the ring that are red and thick
	GraphRed  int     // the same in the graph
	GraphGrey int
	Text      string
}

const measure = `(() => {
	const ring = document.querySelector("section.failing .ring svg") || document.querySelector("svg > g > svg");
	const graph = document.querySelector("#graph svg") || document.querySelector("svg > g:last-of-type > svg");
	const box = e => e.getBoundingClientRect();
	const red = svg => [...svg.querySelectorAll("path, polygon")].filter(p => p.getAttribute("stroke") == "#c5221f" && p.getAttribute("fill") == "none" && parseFloat(p.getAttribute("stroke-width")) >= 3).length;
	const look = {
		Title: document.title, Scripts: document.querySelectorAll("script").length, Images: document.querySelectorAll("img, image").length,
		Cycles: document.querySelectorAll("section .ring svg").length,
		GraphTop: graph ? box(graph).top : -1,
		GraphRed: graph ? red(graph) : -1,
		GraphGrey: graph ? [...graph.querySelectorAll("path")].filter(p => p.getAttribute("stroke") == "#9aa0a6" && p.getAttribute("fill") == "none").length : -1,
		Text: document.documentElement.textContent,
		Overflow: [...document.querySelectorAll("g > rect + text")].filter(text => box(text).width > box(text.previousElementSibling).width).length,
	};
	if (!ring) return look;
	const boxes = [...ring.querySelectorAll("g > rect")].map(box);
	const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
	const frame = box(ring);
	look.CycleTop = frame.top; look.CycleEnd = frame.bottom;
	look.Boxes = boxes.length;
	look.Overlaps = boxes.flatMap((a, i) => boxes.slice(i + 1).filter(b => meet(a, b))).length;
	look.Outside = [...ring.querySelectorAll("text")].map(box).filter(t => t.left < frame.left - 1 || t.right > frame.right + 1 || t.top < frame.top - 1 || t.bottom > frame.bottom + 1).length;
	look.Red = red(ring);
	return look;
})()`

// nodot is a PATH with the go command alone, so that the built-in drawing is used.
func nodot(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	path, err := exec.LookPath("go")
	require.NoError(t, err)
	require.NoError(t, os.Symlink(path, filepath.Join(dir, "go")))
	return dir
}

func TestTheCycleIsWhatTheEyeMeetsFirst(t *testing.T) {
	ctx := browser(t)
	withDot := os.Getenv("PATH")
	without := nodot(t)
	for _, format := range []string{"html", "svg"} {
		for _, c := range []struct {
			locks, orders, ring int
			names               []string
		}{
			{3, 2, 2, nil},
			{4, 5, 3, nil},
			{30, 50, 5, nil},
			{40, 50, 12, nil},
			{80, 50, 64, nil},
			{300, 600, 4, nil},
			{len(hostile), 12, 4, hostile},
		} {
			for drawn, path := range map[string]string{"built in": without, "graphviz": withDot} {
				if drawn == "graphviz" && (format == "svg" || c.locks > 100) {
					continue // as the others, and slow
				}
				t.Run(fmt.Sprintf("%s, %d locks, ring of %d, %s", format, c.locks, c.ring, drawn), func(t *testing.T) {
					file := filepath.Join(t.TempDir(), "page."+format)
					lockorder(t, path, "check", "-format", format, "-o", file, graph(t, c.locks, c.orders, c.ring, c.names...))
					require.NoError(t, chromedp.Do(ctx, chromedp.Navigate((&url.URL{Scheme: "file", Path: file}).String())))
					got, err := chromedp.Run(ctx, chromedp.Evaluate[look](measure))
					require.NoError(t, err)

					require.Zero(t, got.Scripts)
					require.Zero(t, got.Images)
					require.NotEqual(t, "broken", got.Title)
					require.Equal(t, c.ring, got.Boxes)
					require.Zero(t, got.Overlaps, "boxes lie on one another")
					require.Zero(t, got.Outside, "texts are cut off")
					require.Zero(t, got.Overflow, "names leave their boxes")
					require.GreaterOrEqual(t, got.Red, c.ring, "every order of the cycle is a thick red arrow")
					require.Less(t, got.CycleTop, 300.0, "the cycle begins at the top")
					require.Less(t, got.CycleEnd, got.GraphTop, "the graph comes after it")
					require.GreaterOrEqual(t, got.GraphRed, c.ring, "the cycle is red in the graph too")
					require.Positive(t, got.GraphGrey, "and the rest is not")
					if c.names != nil {
						require.Contains(t, got.Text, hostile[0], "shown, not run")
					}
				})
			}
		}
	}
}
