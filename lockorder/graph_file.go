package lockorder

import (
	"encoding/json"

	"github.com/interlock-go/interlock/internal/graphfile"
)

// This file is the only one that knows the format of graph files.

// openGraph makes the graph file of this process in dir.
func openGraph(dir string) (graphWriter, error) {
	w, err := graphfile.Create(dir)
	if err != nil {
		return nil, err
	}
	return graphFile{w}, nil
}

type graphFile struct{ w *graphfile.Writer }

func (g graphFile) Order(d Dependency) error {
	o := graphfile.Order{Goroutine: d.Goroutine, Want: fileHold(d.Want)}
	for _, h := range d.Held {
		o.Held = append(o.Held, fileHold(h))
	}
	return g.w.Order(o)
}

func (g graphFile) Report(r Report) error {
	raw, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return g.w.Report(raw)
}

func fileHold(h Hold) graphfile.Hold {
	mode := "Lock"
	if h.Read {
		mode = "RLock"
	}
	out := graphfile.Hold{Lock: h.Lock.ID, Class: h.Lock.Class, Single: single[h.Lock.Class], Type: h.Lock.Type, Mode: mode}
	for _, f := range h.Stack {
		out.Site = append(out.Site, graphfile.Frame(f))
	}
	return out
}
