package finding

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/interlock-go/interlock/internal/overlay"
	"github.com/interlock-go/interlock/lockorder"
)

// Places finds the files of graphs, which are named by import paths, on this
// machine.
type Places struct {
	modules []module // the main ones
	cwd     string
	root    string // see repository
}

type module struct{ path, dir string }

// FindPlaces asks the go command for the modules of a directory, "" for the
// current one. Where there is no go command or no module, files keep the names
// that they have in graphs.
func FindPlaces(dir string) Places {
	var p Places
	p.cwd, _ = os.Getwd()
	out, err := overlay.Go{Dir: dir, Env: []string{"GOFLAGS="}}.Command(context.Background(), "list", "-m", "-f", "{{.Path}}\t{{.Dir}}").Output()
	if err == nil {
		for line := range strings.Lines(string(out)) {
			path, dir, _ := strings.Cut(strings.TrimSpace(line), "\t")
			p.modules = append(p.modules, module{path, dir})
		}
	}
	slices.SortFunc(p.modules, func(a, b module) int { return len(b.path) - len(a.path) }) // a nested one first
	p.root = repository(p.cwd)
	return p
}

// repository is the root of the repository that a folder is in, or the folder if it is in none.
func repository(dir string) string {
	for up := dir; ; up = filepath.Dir(up) {
		if _, err := os.Stat(filepath.Join(up, ".git")); err == nil {
			return up
		}
		if up == filepath.Dir(up) {
			return dir
		}
	}
}

// here is the path on this machine of a file of a graph.
func (p Places) here(file string) (string, bool) {
	for _, m := range p.modules {
		if rest, ok := strings.CutPrefix(file, m.path+"/"); ok {
			return filepath.Join(m.dir, filepath.FromSlash(rest)), true
		}
	}
	return file, false
}

// InRepository is the path of a file from the repository's root, with slashes.
func (p Places) InRepository(file string) (string, bool) {
	path, ok := p.here(file)
	if !ok {
		return file, false
	}
	return p.fromRoot(path, file)
}

// fromRoot is the path from the repository's root of a file on this machine, or else what is given.
func (p Places) fromRoot(path, given string) (string, bool) {
	rel, err := filepath.Rel(p.root, path)
	if err != nil || !filepath.IsLocal(rel) {
		return given, false
	}
	return filepath.ToSlash(rel), true
}

// ToRead is the path of a file for a person in the current directory. It begins
// with a dot, as those of the go command do, so that terminals know it for a path.
func (p Places) ToRead(file string) string {
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

// Localize gives the files of a finding other names.
func (f Finding) Localize(name func(string) string) Finding {
	f.Report = Localize(f.Report, name)
	if f.Ring != nil {
		ring := Localize(*f.Ring, name)
		f.Ring = &ring
	}
	return f
}

// Localize gives the files of a report other names.
func Localize(r lockorder.Report, name func(string) string) lockorder.Report {
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

// ToRead gives the files of all findings the names for a person.
func (f List) ToRead(p Places) {
	for i := range f {
		f[i] = f[i].Localize(p.ToRead)
	}
}

// OfFinding is the place of a finding in the repository: the first at which one of
// its goroutines asks for a lock, or one where a lock was taken.
func (p Places) OfFinding(r lockorder.Report) (lockorder.Frame, bool) {
	var stacks [][]lockorder.Frame
	for _, e := range r.Edges {
		stacks = append(stacks, e.Want.Stack)
	}
	for _, e := range r.Edges {
		for _, h := range e.Held {
			stacks = append(stacks, h.Stack)
		}
	}
	for _, stack := range stacks {
		for _, f := range stack {
			if file, ok := p.InRepository(f.File); ok {
				f.File = file
				return f, true
			}
		}
	}
	return lockorder.Frame{}, false
}

// ToReport is the path of a file for a machine: from the repository's root, or as
// it is in the graph.
func (p Places) ToReport(file string) string {
	path, _ := p.InRepository(file)
	return path
}

// Given is ToReport for a file of this machine that the command was given.
func (p Places) Given(file string) string {
	path := file
	if !filepath.IsAbs(path) {
		path = filepath.Join(p.cwd, path)
	}
	path, _ = p.fromRoot(path, filepath.ToSlash(file))
	return path
}
