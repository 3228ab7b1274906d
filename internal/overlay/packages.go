package overlay

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// listed is a package as go list -json prints it.
type listed struct {
	ImportPath string
	Name       string
	Dir        string
	ForTest    string
	DepOnly    bool
	Standard   bool
	Module     *listedModule
	Imports    []string
	ImportMap  map[string]string

	GoFiles, CgoFiles, TestGoFiles, XTestGoFiles []string
}

type listedModule struct {
	Path, Version, Dir string
	Main               bool
}

const listFields = "-json=ImportPath,Name,Dir,ForTest,DepOnly,Standard,Module,Imports,ImportMap,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles"

func (req Request) list(ctx context.Context, b *Build, patterns []string) ([]listed, error) {
	deps := []string{"list", "-e", "-deps", listFields}
	if req.Tests {
		deps = append(deps, "-test")
	}
	args := slices.Concat(deps, b.Flags, req.Flags, req.overlayFlag(), []string{"--"}, patterns)
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

// base is the import path of the package whose locks change together with those
// of p: for a variant or a test, of what it stands for.
func (p listed) base() string {
	path, _, _ := strings.Cut(p.ImportPath, " ")
	if p.ForTest != "" && path == p.ForTest+"_test" {
		return p.ForTest
	}
	return path
}

// changeable leaves out the standard library and our own packages, which are not to
// be audited unless the module is ours; a workspace has them as one more module.
func (p listed) changeable(own bool) bool {
	if p.ImportPath == "command-line-arguments" { // files
		return true
	}
	return p.Module != nil && !p.Standard && p.Dir != "" && (own || p.Module.Path != Module)
}

// testMain tells whether p is the program that go test makes.
func (p listed) testMain() bool { return p.Name == "main" && strings.HasSuffix(p.ImportPath, ".test") }

// wanted are the packages whose locks are to change: those of the main module and
// the dependencies that were asked for.
func (req Request) wanted(packages []listed, plain map[string]bool, own bool) (map[string]bool, error) {
	deps := make([]*regexp.Regexp, len(req.Deps))
	for i, pattern := range req.Deps {
		deps[i] = matcher(pattern)
	}
	matched := make([]bool, len(deps))
	wanted := map[string]bool{}
	for _, pkg := range packages {
		if !pkg.changeable(own) || pkg.testMain() {
			continue
		}
		base := pkg.base()
		wanted[base] = wanted[base] || pkg.Module == nil || pkg.Module.Main
		for i, dep := range deps {
			if dep.MatchString(base) {
				wanted[base], matched[i] = true, true
			}
		}
	}
	for i, ok := range matched {
		if !ok {
			return nil, fmt.Errorf("-deps %s matches no package of the build", req.Deps[i])
		}
	}
	maps.DeleteFunc(wanted, func(base string, yes bool) bool { return !yes || plain[base] })
	return wanted, nil
}

// matcher understands patterns of import paths as the go command does: ... stands
// for anything, and all for all.
func matcher(pattern string) *regexp.Regexp {
	if pattern == "all" {
		pattern = "..."
	}
	expr := strings.ReplaceAll(regexp.QuoteMeta(pattern), `\.\.\.`, ".*")
	if rest, ok := strings.CutSuffix(expr, "/.*"); ok {
		expr = rest + "(?:/.*)?"
	}
	return regexp.MustCompile("^" + expr + "$")
}

func (req Request) overlayFlag() []string {
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
