package lockclass

import (
	"go/ast"
	"go/token"
	"go/types"
)

// use is a package whose objects a statement uses, with whether a lock is in what
// they are.
type use struct {
	path string
	lock bool
}

// usesAt lists the packages of which the innermost statement or declaration around
// pos uses something.
func usesAt(files []*ast.File, info *types.Info, pos token.Pos) []use {
	around := enclosing(files, pos)
	if around == nil {
		return nil
	}
	found := map[string]bool{}
	var order []string
	ast.Inspect(around, func(n ast.Node) bool {
		name, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		obj := info.Uses[name]
		if obj == nil {
			obj = info.Defs[name]
		}
		if obj == nil || obj.Pkg() == nil || obj.Type() == nil {
			return true
		}
		path := obj.Pkg().Path()
		if _, seen := found[path]; !seen {
			order = append(order, path)
		}
		found[path] = found[path] || mentions(obj.Type(), map[types.Type]bool{}, 0)
		return true
	})
	var uses []use
	for _, path := range order {
		uses = append(uses, use{path, found[path]})
	}
	return uses
}

func enclosing(files []*ast.File, pos token.Pos) (around ast.Node) {
	for _, file := range files {
		if pos < file.FileStart || pos > file.FileEnd {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if n == nil || pos < n.Pos() || pos > n.End() {
				return false
			}
			switch n.(type) {
			case ast.Stmt, ast.Spec, *ast.FuncDecl:
				if _, block := n.(*ast.BlockStmt); !block {
					around = n
				}
			}
			return true
		})
	}
	return around
}

// deepest is how far mentions follows named types into their fields: a lock in a
// field of a field does not decide whether two types convert.
const deepest = 2

// mentions tells whether a lock is in a type where it can make it another type.
func mentions(t types.Type, seen map[types.Type]bool, depth int) bool {
	if t == nil || seen[t] {
		return false
	}
	seen[t] = true
	switch t := t.(type) {
	case *types.Alias:
		return mentions(types.Unalias(t), seen, depth)
	case *types.Named:
		return isLock(t) || namedMentions(t, seen, depth)
	case *types.Pointer:
		return mentions(t.Elem(), seen, depth)
	case *types.Slice:
		return mentions(t.Elem(), seen, depth)
	case *types.Array:
		return mentions(t.Elem(), seen, depth)
	case *types.Chan:
		return mentions(t.Elem(), seen, depth)
	case *types.Map:
		return mentions(t.Key(), seen, depth) || mentions(t.Elem(), seen, depth)
	case *types.Tuple:
		for v := range t.Variables() {
			if mentions(v.Type(), seen, depth) {
				return true
			}
		}
	case *types.Signature:
		return mentions(t.Params(), seen, depth) || mentions(t.Results(), seen, depth)
	case *types.Struct:
		for f := range t.Fields() {
			if mentions(f.Type(), seen, depth) {
				return true
			}
		}
	case *types.Interface:
		for m := range t.Methods() {
			if mentions(m.Type(), seen, depth) {
				return true
			}
		}
	}
	return false
}

func namedMentions(t *types.Named, seen map[types.Type]bool, depth int) bool {
	if depth >= deepest {
		return false
	}
	for arg := range t.TypeArgs().Types() {
		if mentions(arg, seen, depth) {
			return true
		}
	}
	for m := range t.Methods() {
		if mentions(m.Type(), seen, depth+1) {
			return true
		}
	}
	return mentions(t.Underlying(), seen, depth+1)
}

const ours = "github.com/interlock-go/interlock/mutex"

// isLock tells whether t is one of the types that change, before or after.
func isLock(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return false
	}
	if path := named.Obj().Pkg().Path(); path != "sync" && path != ours {
		return false
	}
	switch named.Obj().Name() {
	case "Mutex", "RWMutex", "Once":
		return true
	}
	return false
}
