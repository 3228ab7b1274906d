package house

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Invisible names code that runs where race-detector synchronization is
// switched off, so that the detector sees no order between two visits.
//
// What the compiler instruments there is kept quiet by //go:norace on every
// function. What the runtime instruments by itself is not, whatever the pragma
// says: maps, channels, append, copy, concatenation, conversions that allocate,
// and the packages built on them. So those may not be used at all.
//
// A place that is harmless says so with a comment "//house:allow reason" on
// its line or on the line above; in the doc comment of a function it covers
// the function.
type Invisible struct {
	Dir    string            // folder of the package, relative to the repository
	Exempt map[string]string // file → why it never runs in such a section

	// Touching limits the check to functions that mention this package, given
	// by import path; empty: every function of the folder.
	Touching string
}

const allowPrefix = "//house:allow"

// instrumented are packages that cannot be used without what the runtime
// instruments, or that are compiled with instrumentation and read our memory.
var instrumented = []string{
	"bytes", "container/heap", "container/list", "errors", "fmt", "iter",
	"maps", "reflect", "slices", "sort", "strconv", "strings", "sync",
}

// Check reports breaches in the package, given by its parsed files without
// tests. info may be incomplete: what it does not know is judged by syntax.
func (v Invisible) Check(fset *token.FileSet, files []*ast.File, info *types.Info) []Breach {
	var breaches []Breach
	for _, f := range files {
		c := checker{Invisible: v, fset: fset, info: info, file: f, allowed: map[int]*allow{}}
		c.collectAllows()
		if _, exempt := v.Exempt[path.Base(fset.Position(f.Package).Filename)]; !exempt {
			c.decls()
		}
		breaches = append(breaches, c.deadAllows(c.breaches)...)
	}
	return breaches
}

type allow struct {
	pos    token.Pos
	reason string
	used   bool
}

type checker struct {
	Invisible
	fset     *token.FileSet
	info     *types.Info
	file     *ast.File
	allowed  map[int]*allow // by the line of the comment
	breaches []Breach
}

func (c *checker) collectAllows() {
	for _, g := range c.file.Comments {
		for _, comment := range g.List {
			if reason, ok := strings.CutPrefix(comment.Text, allowPrefix); ok {
				c.allowed[c.line(comment.Pos())] = &allow{comment.Pos(), strings.TrimSpace(reason), false}
			}
		}
	}
}

// deadAllows adds the comments that excuse nothing or give no reason.
func (c *checker) deadAllows(breaches []Breach) []Breach {
	for _, a := range c.allowed {
		switch {
		case a.reason == "":
			breaches = append(breaches, at(c.fset.Position(a.pos), "%s without a reason", allowPrefix))
		case !a.used:
			breaches = append(breaches, at(c.fset.Position(a.pos), "%s that excuses nothing", allowPrefix))
		}
	}
	return breaches
}

func (c *checker) decls() {
	for _, d := range c.file.Decls {
		f, isFunc := d.(*ast.FuncDecl)
		if c.Touching != "" && !(isFunc && f.Body != nil && c.mentions(f.Body, c.Touching)) {
			continue
		}
		if isFunc && f.Body != nil {
			if c.funcAllowed(f) {
				continue
			}
			if !hasNorace(f) {
				c.breach(f, "%s lacks //go:norace", f.Name.Name)
			}
		}
		ast.Inspect(d, func(n ast.Node) bool {
			c.node(n)
			return true
		})
	}
}

func hasNorace(f *ast.FuncDecl) bool {
	return f.Doc != nil && slices.ContainsFunc(f.Doc.List, func(c *ast.Comment) bool { return c.Text == "//go:norace" })
}

func (c *checker) funcAllowed(f *ast.FuncDecl) bool {
	if f.Doc == nil {
		return false
	}
	for line := c.line(f.Doc.Pos()); line <= c.line(f.Doc.End()); line++ {
		if a := c.allowed[line]; a != nil {
			a.used = true
			return true
		}
	}
	return false
}

// mentions reports whether n selects something from the imported package.
func (c *checker) mentions(n ast.Node, importPath string) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && c.packageOf(sel) == importPath {
			found = true
		}
		return !found
	})
	return found
}

// packageOf returns the import path before the dot of sel, or "".
func (c *checker) packageOf(sel *ast.SelectorExpr) string {
	id, ok := sel.X.(*ast.Ident)
	if !ok {
		return ""
	}
	if obj := c.info.Uses[id]; obj != nil {
		if _, isPackage := obj.(*types.PkgName); !isPackage {
			return "" // a variable that shadows the package
		}
	}
	for _, imp := range c.file.Imports {
		p, err := strconv.Unquote(imp.Path.Value)
		if err == nil && (imp.Name == nil && path.Base(p) == id.Name || imp.Name != nil && imp.Name.Name == id.Name) {
			return p
		}
	}
	return ""
}

func (c *checker) line(p token.Pos) int { return c.fset.Position(p).Line }

func (c *checker) breach(n ast.Node, format string, args ...any) {
	line := c.line(n.Pos())
	for _, l := range []int{line, line - 1} {
		if a := c.allowed[l]; a != nil {
			a.used = true
			return
		}
	}
	c.breaches = append(c.breaches, at(c.fset.Position(n.Pos()), "%s", fmt.Sprintf(format, args...)))
}
