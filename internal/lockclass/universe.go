package lockclass

import (
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"strings"
)

// Package is a package as go list names it: variants for tests are packages of
// their own.
type Package struct {
	ID      string // import path, with " [p.test]" for a variant
	Base    string // import path whose locks change along with it: for a test, of what it tests
	Files   []string
	Imports []string          // IDs
	Map     map[string]string // import path in the source → ID, where they differ
	// Fixed says that it cannot change: it is the standard library's, say.
	Fixed bool
}

// Path is the import path that the compiler gives it.
func (p *Package) Path() string {
	path, _, _ := strings.Cut(p.ID, " ")
	return path
}

// Program is what to check.
type Program struct {
	Packages []Package // each behind what it imports
	// Read returns the source of a file.
	Read func(file string) ([]byte, error)
	// Export opens the compiler's export data of a package. It is asked for those
	// on which a change of locks has no influence.
	Export func(path string) (io.ReadCloser, error)
	// Shim is the import path of the package that takes the place of sync.
	Shim string
}

// universe is the program with the locks of some packages replaced.
type universe struct {
	*Program
	changed map[string]bool // by Base
	source  map[string]bool // IDs that are checked from source
	files   *parsed
	std     types.Importer
	checked map[string]*types.Package // by ID
	bodies  map[string]bool           // files whose functions have been checked
	errors  []typeError
	sites   *collector // nil: not wanted
}

// typeError is what the compiler would refuse.
type typeError struct {
	pkg  *Package
	at   token.Position
	msg  string
	uses []use // what the statement is about
}

// parsed holds the syntax trees, which all universes share.
type parsed struct {
	fset  *token.FileSet
	trees map[string]*ast.File // nil: cannot be read
}

// newUniverse prepares a check. The packages from source are those that change
// and all that import one of them, even through others: the types of the rest are
// the same whatever changes, and export data knows them.
func newUniverse(p *Program, files *parsed, changed, within map[string]bool) *universe {
	u := &universe{
		Program: p, changed: changed, source: map[string]bool{}, files: files,
		checked: map[string]*types.Package{}, bodies: map[string]bool{},
	}
	u.std = importer.ForCompiler(files.fset, "gc", p.Export)
	for i := range p.Packages {
		pkg := &p.Packages[i]
		from := changed[pkg.Base] || within[pkg.Base]
		for _, id := range pkg.Imports {
			from = from || u.source[id]
		}
		if from {
			u.source[pkg.ID] = true
		}
	}
	return u
}

func (u *universe) check() {
	for i := range u.Packages {
		if pkg := &u.Packages[i]; u.source[pkg.ID] {
			u.checkPackage(pkg)
		}
	}
}

func (u *universe) checkPackage(pkg *Package) {
	var files []*ast.File
	var whole []string
	for _, name := range pkg.Files {
		tree := u.tree(name)
		switch {
		case tree == nil:
			continue
		case u.bodies[name]:
			tree = withoutBodies(tree)
		default:
			whole = append(whole, name)
		}
		if u.changed[pkg.Base] {
			tree = withNamedSync(tree)
		}
		files = append(files, tree)
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{},
		Uses: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
	}
	var wrong []types.Error
	config := types.Config{
		Importer: packageImporter{u, pkg}, FakeImportC: true,
		Error: func(err error) {
			if one := (types.Error{}); errors.As(err, &one) && !one.Soft {
				wrong = append(wrong, one)
			}
		},
	}
	u.checked[pkg.ID], _ = config.Check(pkg.Path(), u.files.fset, files, info) // with what it could make of it
	for _, err := range wrong {
		u.errors = append(u.errors, typeError{
			pkg: pkg, at: u.files.fset.PositionFor(err.Pos, false), msg: err.Msg, uses: usesAt(files, info, err.Pos),
		})
	}
	for _, name := range whole {
		u.bodies[name] = true
	}
	if u.sites != nil {
		u.sites.collect(u.files.fset, pkg, files, info)
	}
}

// tree parses a file, once. One that has errors is the compiler's to complain of;
// what could be read of it is used.
func (u *universe) tree(name string) *ast.File {
	tree, known := u.files.trees[name]
	if known {
		return tree
	}
	if src, err := u.Read(name); err == nil {
		tree, _ = parser.ParseFile(u.files.fset, name, src, parser.SkipObjectResolution)
	}
	u.files.trees[name] = tree
	return tree
}

// withoutBodies is the file with its functions declared only: their bodies have
// been checked with another variant of the package.
func withoutBodies(file *ast.File) *ast.File {
	bare := *file
	bare.Decls = make([]ast.Decl, len(file.Decls))
	for i, decl := range file.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body != nil && fn.Type.TypeParams == nil && fn.Name.Name != "init" && fn.Name.Name != "main" {
			only := *fn
			only.Body = nil
			decl = &only
		}
		bare.Decls[i] = decl
	}
	return &bare
}

// withNamedSync gives a plain import of sync the name that it has there, since
// the package in its place has another one.
func withNamedSync(file *ast.File) *ast.File {
	named := *file
	named.Decls = append([]ast.Decl(nil), file.Decls...)
	for i, decl := range named.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.IMPORT {
			continue
		}
		changed := *gen
		changed.Specs = append([]ast.Spec(nil), gen.Specs...)
		for j, spec := range changed.Specs {
			if one, ok := spec.(*ast.ImportSpec); ok && one.Name == nil && one.Path.Value[1:len(one.Path.Value)-1] == "sync" {
				with := *one
				with.Name = &ast.Ident{NamePos: one.Pos(), Name: "sync"}
				changed.Specs[j] = &with
			}
		}
		named.Decls[i] = &changed
	}
	return &named
}

// packageImporter is how one package sees the others.
type packageImporter struct {
	u   *universe
	pkg *Package
}

func (i packageImporter) Import(path string) (*types.Package, error) {
	u := i.u
	switch {
	case path == "unsafe":
		return types.Unsafe, nil
	case path == "sync" && u.changed[i.pkg.Base]:
		return u.std.Import(u.Shim)
	}
	id := path
	if mapped, ok := i.pkg.Map[path]; ok {
		id = mapped
	}
	if !u.source[id] {
		return u.std.Import(id)
	}
	if checked := u.checked[id]; checked != nil {
		return checked, nil
	}
	return nil, fmt.Errorf("%s is not checked yet", id)
}
