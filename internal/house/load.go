package house

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Load parses and type-checks the package in dir of the module at root,
// without its tests and under all build tags at once. Types from outside the
// module stay unknown: to load the standard library for every check would cost
// more than it finds.
func Load(module, root, dir string) (*token.FileSet, []*ast.File, *types.Info, error) {
	l := &loader{module, root, token.NewFileSet(), map[string]*types.Package{}}
	info := newInfo()
	files, err := l.parse(dir)
	if err != nil {
		return nil, nil, nil, err
	}
	l.check(module+"/"+dir, files, info)
	return l.fset, files, info, nil
}

// Source is Load for a package of one file that is not on disk.
func Source(name, content string) (*token.FileSet, []*ast.File, *types.Info, error) {
	l := &loader{"", "", token.NewFileSet(), map[string]*types.Package{}}
	info := newInfo()
	f, err := parser.ParseFile(l.fset, name, content, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, nil, nil, err
	}
	l.check(f.Name.Name, []*ast.File{f}, info)
	return l.fset, []*ast.File{f}, info, nil
}

func newInfo() *types.Info {
	return &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}
}

// loader is a types.Importer that knows the packages of one module.
type loader struct {
	module, root string
	fset         *token.FileSet
	done         map[string]*types.Package
}

func (l *loader) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	dir, ok := inModule(l.module, path)
	if !ok {
		return nil, fmt.Errorf("%s is outside the module", path)
	}
	if p, ok := l.done[path]; ok {
		return p, nil
	}
	files, err := l.parse(dir)
	if err != nil {
		return nil, err
	}
	l.done[path] = l.check(path, files, nil)
	return l.done[path], nil
}

func (l *loader) parse(dir string) ([]*ast.File, error) {
	entries, err := os.ReadDir(filepath.Join(l.root, dir))
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(l.fset, filepath.Join(l.root, dir, e.Name()), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return slices.Clip(files), nil
}

// check never fails: errors come from what the loader leaves out, and the
// compiler is the judge of the others.
func (l *loader) check(path string, files []*ast.File, info *types.Info) *types.Package {
	conf := types.Config{Importer: l, Error: func(error) {}, DisableUnusedImportCheck: true, IgnoreFuncBodies: info == nil}
	p, _ := conf.Check(path, l.fset, files, info)
	return p
}
