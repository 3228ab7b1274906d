package house

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// A Build is one way in which the gates compile the repository.
type Build struct {
	GOOS, GOARCH string
	Cgo          bool
	Tags         []string
}

// Tree calls visit for every file of the repository at root, by its path with
// slashes relative to root. Folders that the go command skips by their first
// letter are left out.
func Tree(root string, visit func(name string, content []byte) error) error {
	return filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hidden := strings.HasPrefix(d.Name(), ".") || strings.HasPrefix(d.Name(), "_")
		if d.IsDir() && hidden && p != root {
			return filepath.SkipDir
		}
		if d.IsDir() || hidden {
			return nil
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		content, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		return visit(filepath.ToSlash(rel), content)
	})
}

// InTestdata reports whether the go command ignores the file since it lies in
// a testdata folder.
func InTestdata(name string) bool {
	return slices.Contains(strings.Split(path.Dir(name), "/"), "testdata")
}

// Compiled reports a Go or assembly file that no build takes in: its tests
// never run and nobody would notice.
func Compiled(builds []Build, name string, content []byte) ([]Breach, error) {
	if e := path.Ext(name); e != ".go" && e != ".s" {
		return nil, nil
	}
	for _, b := range builds {
		ctx := build.Default
		ctx.GOOS, ctx.GOARCH, ctx.CgoEnabled, ctx.BuildTags = b.GOOS, b.GOARCH, b.Cgo, b.Tags
		ctx.OpenFile = func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }
		ok, err := ctx.MatchFile(path.Dir(name), path.Base(name))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if ok {
			return nil, nil
		}
	}
	return []Breach{{name, "no build of the gates compiles it; mend its name or build tag, or add the build to .ci/run and to the table"}}, nil
}

// StrayTests reports tests, benchmarks and the like in a file whose name does
// not end in _test.go, where the go command does not look for them.
func StrayTests(name string, content []byte) ([]Breach, error) {
	if path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
		return nil, nil
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, content, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var breaches []Breach
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv != nil || f.Type.Params.NumFields() != 1 {
			continue
		}
		star, ok := f.Type.Params.List[0].Type.(*ast.StarExpr)
		if !ok {
			continue
		}
		sel, ok := star.X.(*ast.SelectorExpr)
		if !ok || fmt.Sprint(sel.X) != "testing" {
			continue
		}
		for prefix, param := range map[string]string{"Test": "T", "Benchmark": "B", "Fuzz": "F"} {
			if strings.HasPrefix(f.Name.Name, prefix) && sel.Sel.Name == param {
				breaches = append(breaches, at(fset.Position(f.Pos()), "%s never runs: the file's name does not end in _test.go", f.Name.Name))
			}
		}
	}
	return breaches, nil
}

// KnownEnding reports a file in a testdata folder whose ending is not in the
// list: a test that walks the folder would pass over it in silence.
func KnownEnding(endings []string, name string) []Breach {
	if !InTestdata(name) || slices.Contains(endings, path.Ext(name)) {
		return nil
	}
	return []Breach{{name, fmt.Sprintf("unknown ending %q; no test reads it", path.Ext(name))}}
}

// TooLong reports a Go file with more lines than limit.
func TooLong(limit int, name string, content []byte) []Breach {
	lines := bytes.Count(content, []byte("\n"))
	if path.Ext(name) != ".go" || lines <= limit {
		return nil
	}
	return []Breach{{name, fmt.Sprintf("%d lines, more than %d: split it by idea", lines, limit)}}
}
