package lockclass

import (
	"go/ast"
	"go/token"
	"go/types"
)

func functionName(fn *ast.FuncDecl) string {
	if fn.Recv == nil || len(fn.Recv.List) == 0 {
		return fn.Name.Name
	}
	t := fn.Recv.List[0].Type
	for {
		switch of := t.(type) {
		case *ast.StarExpr:
			t = of.X
		case *ast.ParenExpr:
			t = of.X
		case *ast.IndexExpr:
			t = of.X
		case *ast.IndexListExpr:
			t = of.X
		case *ast.Ident:
			return of.Name + "." + fn.Name.Name
		default:
			return fn.Name.Name
		}
	}
}

// read notes the variables of a declaration and what they are given.
func (n *namer) read(decl ast.Node, function string) {
	ast.Inspect(decl, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.Ident:
			if v, ok := n.info.Defs[node].(*types.Var); ok && function != "" {
				n.within[v] = function
			}
		case *ast.AssignStmt:
			n.assign(node.Lhs, node.Rhs)
		case *ast.ValueSpec:
			names := make([]ast.Expr, len(node.Names))
			for i, name := range node.Names {
				names[i] = name
			}
			n.assign(names, node.Values)
		case *ast.RangeStmt:
			for _, e := range []ast.Expr{node.Key, node.Value} {
				if v := n.variable(e); v != nil {
					n.given[v] = nil
				}
			}
		case *ast.UnaryExpr:
			if node.Op == token.AND { // somebody else may give it another value
				if v := n.variable(node.X); v != nil && isPointer(v.Type()) {
					n.given[v] = nil
				}
			}
		}
		return true
	})
}

// assign notes values; a variable that gets a second one, or one of several that a
// call returns, is given nil.
func (n *namer) assign(to, values []ast.Expr) {
	for i, left := range to {
		v := n.variable(left)
		if v == nil || !isPointer(v.Type()) {
			continue
		}
		_, again := n.given[v]
		switch {
		case len(values) == 0 && !again && v.Parent() != v.Pkg().Scope():
			continue // a declaration without a value, before the value
		case again || len(values) != len(to):
			n.given[v] = nil
		default:
			n.given[v] = values[i]
		}
	}
}

func (n *namer) variable(e ast.Expr) *types.Var {
	if e == nil {
		return nil
	}
	name, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return nil
	}
	obj := n.info.Defs[name]
	if obj == nil {
		obj = n.info.Uses[name]
	}
	v, _ := obj.(*types.Var)
	return v
}

func isPointer(t types.Type) bool {
	_, ok := t.Underlying().(*types.Pointer)
	return ok
}
