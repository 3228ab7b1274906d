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

type graphFile struct{ *graphfile.Writer }

// Order writes d with the stacks that a report of it would have, because the two
// are held against each other.
func (g graphFile) Order(d Dependency) error {
	o := graphfile.Order{Want: fileHold(d.Want)}
	for _, h := range d.Held {
		h.Stack = continued(h.Stack, d.Want.Stack)
		o.Held = append(o.Held, fileHold(h))
	}
	return g.Writer.Order(d.Goroutine, o)
}

// Report writes r with the files that mean the same on another machine. The
// sentences in it have no more than base names.
func (g graphFile) Report(r Report) error {
	edges := make([]Edge, len(r.Edges))
	for i, e := range r.Edges {
		held := make([]Hold, len(e.Held))
		for j, h := range e.Held {
			held[j] = g.portable(h)
		}
		e.Held, e.Want = held, g.portable(e.Want)
		edges[i] = e
	}
	r.Edges = edges
	raw, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return g.Writer.Report(raw)
}

func (g graphFile) portable(h Hold) Hold {
	stack := make([]Frame, len(h.Stack))
	for i, f := range h.Stack {
		f.File = g.Portable(f.Func, f.File)
		stack[i] = f
	}
	h.Stack = stack
	return h
}

func fileHold(h Hold) graphfile.Hold {
	mode := "Lock"
	if h.Read {
		mode = "RLock"
	}
	out := graphfile.Hold{Lock: h.Lock.ID, Class: h.Lock.Class, Type: h.Lock.Type, Mode: mode}
	for _, f := range h.Stack {
		out.Site = append(out.Site, graphfile.Frame(f))
	}
	return out
}
