package overlay

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/interlock-go/interlock/internal/lockclass"
)

// check type-checks the packages with their locks replaced. A build whose packages
// cannot be compiled yet is checked as far as it goes: the compiler will say more.
func (req Request) check(ctx context.Context, b *Build, packages []listed, wanted, plain map[string]bool, own bool, files map[string]string) (*lockclass.Result, error) {
	program := &lockclass.Program{Shim: Shim, Read: func(file string) ([]byte, error) {
		return os.ReadFile(cmp.Or(files[file], file))
	}}
	beneath := map[string]bool{}
	var outside []string
	for _, pkg := range packages {
		if pkg.testMain() {
			continue
		}
		one := lockclass.Package{
			ID: pkg.ImportPath, Base: pkg.base(), Imports: pkg.Imports, Map: pkg.ImportMap,
			Fixed: !pkg.changeable(own) || plain[pkg.base()],
		}
		for _, name := range slices.Concat(pkg.GoFiles, pkg.CgoFiles) {
			one.Files = append(one.Files, filepath.Join(pkg.Dir, name))
		}
		program.Packages = append(program.Packages, one)
		from := wanted[one.Base] || slices.ContainsFunc(pkg.Imports, func(id string) bool { return beneath[id] })
		if from {
			beneath[one.ID] = true
		} else if one.ID != "unsafe" && one.ID != "C" {
			outside = append(outside, one.ID)
		}
	}
	exports, err := req.exports(ctx, b, append(outside, Shim))
	if err != nil {
		return nil, err
	}
	program.Export = func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("%s has not been compiled", path)
		}
		return os.Open(exports[path])
	}
	return lockclass.Check(program, wanted, plain), nil
}

// exports compiles packages whose types do not depend on what changes, as the tests
// will need them, and returns where their export data is.
func (req Request) exports(ctx context.Context, b *Build, paths []string) (map[string]string, error) {
	args := slices.Concat([]string{"list", "-e", "-export", "-json=ImportPath,Export"}, b.Flags, req.Flags, req.overlayFlag(), []string{"--"}, paths)
	g := req.Go
	g.Env = append(g.Env[:len(g.Env):len(g.Env)], b.Env...)
	out, err := g.output(ctx, args...)
	if err != nil {
		return nil, err
	}
	files := map[string]string{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var pkg struct{ ImportPath, Export string }
		if err := d.Decode(&pkg); err == io.EOF {
			return files, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list -export: %w", err)
		}
		files[pkg.ImportPath] = pkg.Export
	}
}

// places are the names under which the program's line tables have the files of the
// packages.
func (b *Build) places(packages []listed, trimmed bool) map[string]string {
	names := map[string]string{}
	for _, pkg := range packages {
		if pkg.Module == nil || pkg.testMain() {
			continue
		}
		for _, name := range slices.Concat(pkg.GoFiles, pkg.CgoFiles) {
			path := filepath.Join(pkg.Dir, name)
			switch {
			case trimmed:
				names[path] = pkg.trimmed() + "/" + name
			default:
				names[path] = b.moved(path)
			}
		}
	}
	return names
}

// trimmed is the directory of a package as -trimpath leaves it.
func (p listed) trimmed() string {
	if p.Module.Main || p.Module.Version == "" {
		return p.base()
	}
	return p.Module.Path + "@" + p.Module.Version + strings.TrimPrefix(p.base(), p.Module.Path)
}
