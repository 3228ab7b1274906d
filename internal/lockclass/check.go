package lockclass

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// Move is a package that changes its locks, or keeps them, against what was asked
// for.
type Move struct {
	Base    string
	Changed bool
	// At is where a lock crosses, and Error what the compiler would say there.
	At    token.Position
	Error string
}

// Result is what Check finds.
type Result struct {
	Changed map[string]bool // the packages whose locks change, by Base
	Moves   []Move
	Sites   []Site // of packages whose locks change and of those that use them
}

// mostRounds bounds how often packages are moved. Each round moves one at least,
// and none more than twice; a program that needs more is left to the compiler.
const mostRounds = 20

// Check type-checks the program with the locks of the wanted packages replaced. Where
// a lock crosses to a package that keeps sync's, that one changes as well, or, if it
// may not, neither does. keep are packages that were asked to stay.
func Check(p *Program, wanted, keep map[string]bool) *Result {
	files := &parsed{fset: token.NewFileSet(), trees: map[string]*ast.File{}}
	r := &resolver{Program: p, files: files, wanted: wanted, changed: map[string]bool{}, pinned: map[string]bool{}, fixed: map[string]bool{}}
	for base := range wanted {
		r.changed[base] = true
	}
	for base := range keep {
		delete(r.changed, base)
		r.pinned[base] = true
	}
	for i := range p.Packages {
		if p.Packages[i].Fixed {
			r.fixed[p.Packages[i].Base] = true
		}
	}
	for range mostRounds {
		u := newUniverse(p, files, r.changed, wanted)
		u.sites = &collector{}
		u.check()
		if !r.resolve(u) {
			return &Result{Changed: r.changed, Moves: r.moved(), Sites: u.sites.finish()}
		}
	}
	return &Result{Changed: r.changed, Moves: r.moved()}
}

type resolver struct {
	*Program
	files   *parsed
	wanted  map[string]bool
	changed map[string]bool // what changes as far as is known
	pinned  map[string]bool // what stays, for good
	fixed   map[string]bool // what cannot change
	moves   []Move
	usual   map[string]bool // errors of the source as it is
}

// resolve moves packages because of the universe's errors, and tells whether it
// has moved any. An error in which a package takes part that has just been moved may
// have gone: the next universe tells.
func (r *resolver) resolve(u *universe) (moved bool) {
	before := len(r.moves)
	for _, err := range u.errors {
		meet := r.meeting(err)
		stale := slices.ContainsFunc(r.moves[before:], func(m Move) bool { return slices.Contains(meet, m.Base) })
		if !stale && !r.isUsual(u, err) {
			r.settle(err, meet)
		}
	}
	return len(r.moves) > before
}

// isUsual tells whether the source as it is has the error, too.
func (r *resolver) isUsual(u *universe, err typeError) bool {
	if r.usual == nil {
		r.usual = map[string]bool{}
		plain := newUniverse(r.Program, r.files, map[string]bool{}, u.basesFromSource())
		plain.check()
		for _, err := range plain.errors {
			r.usual[err.at.String()] = true
		}
	}
	return r.usual[err.at.String()]
}

func (u *universe) basesFromSource() map[string]bool {
	bases := map[string]bool{}
	for i := range u.Packages {
		if u.source[u.Packages[i].ID] {
			bases[u.Packages[i].Base] = true
		}
	}
	return bases
}

// meeting lists the packages whose locks meet in an error, first the one that has it.
func (r *resolver) meeting(err typeError) []string {
	meet := []string{err.pkg.Base}
	for _, use := range err.uses {
		base := r.baseOf(use.path)
		locks := use.path == "sync" || use.path == ours || use.path == r.Shim
		if use.lock && !locks && !slices.Contains(meet, base) {
			meet = append(meet, base)
		}
	}
	return meet
}

// settle makes the packages that meet in an error alike: all change if one of them
// does not yet and none has to stay.
func (r *resolver) settle(err typeError, meet []string) {
	change := slices.ContainsFunc(meet, func(base string) bool { return !r.changed[base] }) &&
		!slices.ContainsFunc(meet, func(base string) bool { return r.fixed[base] || r.pinned[base] })
	for _, base := range meet {
		r.move(base, change, err)
	}
}

// baseOf turns the path of a test's package into that of what it tests.
func (r *resolver) baseOf(path string) string {
	for i := range r.Packages {
		if r.Packages[i].Path() == path {
			return r.Packages[i].Base
		}
	}
	return path
}

func (r *resolver) move(base string, change bool, err typeError) {
	if r.changed[base] == change {
		return
	}
	if change {
		r.changed[base] = true
	} else {
		delete(r.changed, base)
		r.pinned[base] = true
	}
	msg, _, _ := strings.Cut(err.msg, "\n")
	r.moves = append(r.moves, Move{base, change, err.at, msg})
}

// moved are the moves that lasted.
func (r *resolver) moved() []Move {
	var last []Move
	for i, m := range r.moves {
		if r.changed[m.Base] == m.Changed && r.wanted[m.Base] != m.Changed &&
			!slices.ContainsFunc(r.moves[i+1:], func(later Move) bool { return later.Base == m.Base }) {
			last = append(last, m)
		}
	}
	return last
}
