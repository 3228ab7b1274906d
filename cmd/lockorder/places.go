package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/interlock-go/interlock/internal/overlay"
	"github.com/interlock-go/interlock/lockorder"
)

// places finds the files of graphs, which are named by import paths, on this
// machine.
type places struct {
	modules []module // the main ones
	cwd     string
	root    string // of the repository
}

type module struct{ path, dir string }

// findPlaces asks the go command for the modules of a directory, "" for the
// current one. Where there is no go command or no module, files keep the names
// that they have in graphs.
func findPlaces(dir string) places {
	var p places
	p.cwd, _ = os.Getwd()
	out, err := overlay.Go{Dir: dir, Env: []string{"GOFLAGS="}}.Command(context.Background(), "list", "-m", "-f", "{{.Path}}\t{{.Dir}}").Output()
	if err == nil {
		for line := range strings.Lines(string(out)) {
			path, dir, _ := strings.Cut(strings.TrimSpace(line), "\t")
			p.modules = append(p.modules, module{path, dir})
		}
	}
	slices.SortFunc(p.modules, func(a, b module) int { return len(b.path) - len(a.path) }) // a nested one first
	p.root = p.cwd
	for up := p.cwd; ; up = filepath.Dir(up) {
		if _, err := os.Stat(filepath.Join(up, ".git")); err == nil {
			p.root = up
		}
		if up == filepath.Dir(up) || p.root == up {
			return p
		}
	}
}

// here is the path on this machine of a file of a graph.
func (p places) here(file string) (string, bool) {
	for _, m := range p.modules {
		if rest, ok := strings.CutPrefix(file, m.path+"/"); ok {
			return filepath.Join(m.dir, filepath.FromSlash(rest)), true
		}
	}
	return file, false
}

// inRepository is the path of a file from the repository's root, with slashes.
func (p places) inRepository(file string) (string, bool) {
	path, ok := p.here(file)
	if !ok {
		return file, false
	}
	rel, err := filepath.Rel(p.root, path)
	if err != nil || !filepath.IsLocal(rel) {
		return file, false
	}
	return filepath.ToSlash(rel), true
}

// toRead is the path of a file for a person in the current directory. It begins
// with a dot, as those of the go command do, so that terminals know it for a path.
func (p places) toRead(file string) string {
	path, ok := p.here(file)
	if !ok {
		return file
	}
	rel, err := filepath.Rel(p.cwd, path)
	switch {
	case err != nil || strings.HasPrefix(rel, filepath.Join("..", "..")):
		return path
	case filepath.IsLocal(rel):
		return "." + string(filepath.Separator) + rel
	}
	return rel
}

// localize gives the files of a finding other names.
func (f finding) localize(name func(string) string) finding {
	f.report = localize(f.report, name)
	if f.ring != nil {
		ring := localize(*f.ring, name)
		f.ring = &ring
	}
	return f
}

// localize gives the files of a report other names.
func localize(r lockorder.Report, name func(string) string) lockorder.Report {
	r.Edges = localizeEdges(r.Edges, name)
	r.Knot = localizeEdges(r.Knot, name)
	return r
}

func localizeEdges(edges []lockorder.Edge, name func(string) string) []lockorder.Edge {
	edges = slices.Clone(edges)
	for i := range edges {
		e := &edges[i]
		e.Held = slices.Clone(e.Held)
		for j := range e.Held {
			localizeHold(&e.Held[j], name)
		}
		localizeHold(&e.Want, name)
	}
	return edges
}

func localizeHold(h *lockorder.Hold, name func(string) string) {
	h.Stack = slices.Clone(h.Stack)
	for i := range h.Stack {
		h.Stack[i].File = name(h.Stack[i].File)
	}
}

// toRead gives the files of all findings the names for a person.
func (f findings) toRead(p places) {
	for i := range f {
		f[i] = f[i].localize(p.toRead)
	}
}
