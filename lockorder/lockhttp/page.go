package lockhttp

import (
	"bytes"
	"fmt"
	"html/template"
	"io"
	"path"
	"strconv"

	"github.com/interlock-go/interlock/lockorder"
)

var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"ring": ring, "cycle": cycle, "graph": graph, "rows": rows, "job": jobName, "chart": drawSpans,
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
