package lockhttp

import (
	"bytes"
	"fmt"
	"html/template"
	"io"
	"path"
	"slices"
	"strconv"

	"github.com/interlock-go/interlock/internal/drawing"
	"github.com/interlock-go/interlock/lockorder"
)

var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"ring": ring, "cycle": cycle, "graph": graph, "rows": rows, "told": told, "blockers": blockers, "name": drawing.Name, "asks": asks, "few": few, "more": more, "job": jobName, "chart": drawSpans,
	"lock": lockName, "place": place, "site": site, "fails": fails, "long": long, "within": within, "beyond": beyond, "off": func() bool { return off },
	"function":   func(f lockorder.Frame) string { return path.Base(f.Func) },
	"goroutines": goroutines,
	"count":      count, "fixed": func(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) },
}).ParseFS(assets, "assets/*.html"))

// render writes the whole page, or only the part that changes.
func render(w io.Writer, v view, data any, part bool) error {
	if part {
		return pages.ExecuteTemplate(w, v.Name, data)
	}
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, v.Name, data); err != nil {
		return err
	}
	content := template.HTML(b.String()) // made by the template
	return pages.ExecuteTemplate(w, "page", map[string]any{"View": v, "Views": views, "Content": content})
}

// shown bounds a table of the page; the JSON has all.
const shown = 100

func within(i int) bool { return i < shown }

func beyond(n int) int { return max(0, n-shown) }

// listed bounds a list within a table: a lock may have thousands of readers.
const listed = 8

func few(i int) bool { return i < listed }

func more(n int) int { return max(0, n-listed) }

// asks is what the goroutines of a report did or do.
func asks(r lockorder.Report) string {
	if r.Kind == lockorder.KindRing || r.Tier == lockorder.Deadlock {
		return "waits for"
	}
	return "asked for"
}

// long is a lower bound in words.
func long(seconds float64) string {
	switch {
	case seconds < 1:
		return "just seen"
	case seconds < 120:
		return fmt.Sprintf("%.0f s", seconds)
	case seconds < 7200:
		return fmt.Sprintf("%.0f min", seconds/60)
	}
	return fmt.Sprintf("%.0f h", seconds/3600)
}

// count is "1 goroutine" or "2 goroutines".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// blocker is a goroutine that another one waits for, as the page shows it.
type blocker struct {
	Goroutine uint64
	Row       bool   // it waits itself, in a row of the table
	Locked    string // where it locked what is waited for
	Does      string // what else is known of it
}

// blockers are those for which w waits. The first question at night is whether they wait themselves.
func blockers(w Wait, all []Wait) (out []blocker) {
	add := func(id uint64, gone bool, locked string) {
		b := blocker{Goroutine: id, Locked: locked}
		if len(out) >= listed { // it is counted only
			out = append(out, b)
			return
		}
		row := slices.IndexFunc(all, func(w Wait) bool { return w.Goroutine == id })
		switch b.Row = within(row) && row >= 0; {
		case gone:
			b.Does = "(finished)"
		case row < 0:
			b.Does = "(not among the waits)"
		}
		out = append(out, b)
	}
	for _, h := range w.Locked {
		add(h.Goroutine, h.Finished, place(site(h.Hold)))
	}
	if len(w.Locked) == 0 {
		for _, id := range w.Holders {
			add(id, false, "")
		}
	}
	for _, k := range w.Wakers {
		add(k.Goroutine, k.Gone, "")
	}
	return out
}
