package lockhttp

import (
	"bytes"
	"embed"
	"encoding/json"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/interlock-go/interlock/banker"
	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/pi"
)

// Option adds a source to the page.
type Option func(*live)

// WithBanker adds the table of a banker, and why its jobs wait.
func WithBanker(b *banker.Banker) Option {
	return func(l *live) { l.bankers = append(l.bankers, b) }
}

// WithExecutor adds the tasks of an executor under a name, and what they have done
// if history is not nil: a *timeline.Timeline that observes the executor, with a
// bound on what it keeps.
func WithExecutor(name string, e *pi.Executor, history History) Option {
	return func(l *live) { l.executors = append(l.executors, executor{name, e, history}) }
}

// History is the past of an executor; *timeline.Timeline is one.
type History interface {
	Events() []pi.Event // in order
}

// Handler returns a handler for the page and its JSON. It may be mounted at any
// path that ends in a slash, more than once, with or without http.StripPrefix. It
// answers GET and HEAD.
func Handler(options ...Option) http.Handler {
	l := &live{looks: looks{now: time.Now}}
	for _, o := range options {
		o(l)
	}
	return l
}

// live serves the page. Its fields but looks and crowd do not change.
type live struct {
	bankers   []*banker.Banker
	executors []executor
	looks     looks
	crowd     crowd
}

// view is one of the pages.
type view struct {
	Name, Title string
	data        func(*live) any // a value that the template of that name takes, and JSON
}

var views = []view{
	{"waits", "Waits", func(l *live) any { return l.waits() }},
	{"orders", "Orders", func(l *live) any { return l.orders() }},
	{"times", "Times", func(l *live) any { return l.times() }},
	{"bankers", "Bankers", func(l *live) any { return l.bankerTables() }},
	{"executors", "Executors", func(l *live) any { return l.executorTasks() }},
}

// Path is where the view lies, from any other.
func (v view) Path() string {
	if v.Name == "waits" {
		return "./"
	}
	return v.Name
}

//go:embed assets
var assets embed.FS

// policy lets the page load its own script and style, ask for its own parts, and
// nothing else: a name that gets past the escaping has nothing to run with.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// ServeHTTP answers by the last element of the path: what comes before it is
// where the handler is mounted, which only the caller knows.
func (l *live) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "lockhttp: only GET and HEAD", http.StatusMethodNotAllowed)
		return
	}
	head := w.Header()
	head.Set("Content-Security-Policy", policy)
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Referrer-Policy", "no-referrer")
	head.Set("Cache-Control", "no-store")
	last := path.Base("/" + r.URL.Path)
	if last == "/" || strings.HasSuffix(r.URL.Path, "/") {
		last = "waits"
	}
	switch last {
	case "live.css", "live.js":
		http.ServeFileFS(w, r, assets, "assets/"+last)
		return
	}
	name, wantsJSON := strings.CutSuffix(last, ".json")
	for _, v := range views {
		if v.Name == name {
			l.serve(w, r, v, wantsJSON)
			return
		}
	}
	http.NotFound(w, r)
}

func (l *live) serve(w http.ResponseWriter, r *http.Request, v view, wantsJSON bool) {
	data := v.data(l)
	var body bytes.Buffer
	var err error
	switch {
	case wantsJSON:
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		e := json.NewEncoder(&body)
		e.SetIndent("", "  ")
		err = e.Encode(data)
	default:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		err = render(&body, v, data, r.URL.Query().Has("part"))
	}
	if err != nil {
		http.Error(w, "lockhttp: "+err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = w.Write(body.Bytes()) // who asked has gone
}

// snapshot is what all views but those of the sources begin with.
func (l *live) snapshot() (time.Time, lockorder.State) {
	state := lockorder.Snapshot()
	return l.looks.see(state), state
}
