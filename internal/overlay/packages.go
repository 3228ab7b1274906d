package overlay

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// listed is a package as go list -json prints it.
type listed struct {
	ImportPath string
	Dir        string
	ForTest    string
	DepOnly    bool
	Module     *struct {
		Path string
		Main bool
	}
	GoFiles, CgoFiles, TestGoFiles, XTestGoFiles []string
}

const listFields = "-json=ImportPath,Dir,ForTest,DepOnly,Module,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles"

func (req Request) list(ctx context.Context, b *Build, patterns []string) ([]listed, error) {
	args := slices.Concat([]string{"list", "-e", "-deps", "-test", listFields}, b.Flags, req.Flags, req.overlayFlag(), []string{"--"}, patterns)
	g := req.Go
	g.Env = append(g.Env[:len(g.Env):len(g.Env)], b.Env...)
	out, err := g.output(ctx, args...)
	if err != nil {
		return nil, err
	}
	var packages []listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var pkg listed
		if err := d.Decode(&pkg); err == io.EOF {
			return packages, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		packages = append(packages, pkg)
	}
}

// swappable leaves out other modules, generated test mains and the variants for
// tests, whose files the package itself lists. Our own packages, a module of the
// workspace too when the library was added to it, are not to be audited unless
// the module is ours.
func (p listed) swappable(own bool) bool {
	return p.Module != nil && p.Module.Main && (own || p.Module.Path != Module) &&
		p.ForTest == "" && !strings.HasSuffix(p.ImportPath, ".test") && p.Dir != ""
}

func (req Request) overlayFlag() []string {
	if req.Overlay == "" {
		return nil
	}
	return []string{"-overlay=" + req.Overlay}
}

// plain are the import paths that stay as they are: those asked for and, in our
// own module, those on which the shim stands.
func (req Request) plain(ctx context.Context, b *Build, own bool) (map[string]bool, error) {
	plain := map[string]bool{}
	patterns := req.Plain
	if own {
		beneath, err := req.list(ctx, b, []string{Shim})
		if err != nil {
			return nil, err
		}
		for _, pkg := range beneath {
			plain[pkg.ImportPath] = true
		}
	}
	if len(patterns) == 0 {
		return plain, nil
	}
	asked, err := req.list(ctx, b, patterns)
	if err != nil {
		return nil, err
	}
	matched := false
	for _, pkg := range asked {
		if !pkg.DepOnly && pkg.Dir != "" {
			matched = true
			plain[pkg.ImportPath] = true
		}
	}
	if !matched {
		return nil, fmt.Errorf("-plain %s matches no package", strings.Join(patterns, ","))
	}
	return plain, nil
}
