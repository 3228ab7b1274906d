package house

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// node reports n if the runtime instruments what it does.
func (c *checker) node(n ast.Node) {
	switch n := n.(type) {
	case *ast.MapType:
		c.breach(n, "built-in map")
	case *ast.FuncLit:
		c.breach(n, "closure")
	case *ast.GoStmt:
		c.breach(n, "go statement")
	case *ast.ChanType, *ast.SendStmt, *ast.SelectStmt:
		c.breach(n, "channel operation")
	case *ast.UnaryExpr:
		if n.Op == token.ARROW {
			c.breach(n, "channel operation")
		}
	case *ast.RangeStmt:
		c.rangeOver(n)
	case *ast.BinaryExpr:
		if n.Op == token.ADD && isString(c.typeOf(n)) && c.info.Types[n].Value == nil {
			c.breach(n, "string concatenation")
		}
	case *ast.AssignStmt:
		if n.Tok == token.ADD_ASSIGN && isString(c.typeOf(n.Lhs[0])) {
			c.breach(n, "string concatenation")
		}
	case *ast.SelectorExpr:
		if p := c.packageOf(n); slices.Contains(instrumented, p) {
			c.breach(n, "use of package %s", p)
		}
	case *ast.CallExpr:
		c.call(n)
	}
}

func (c *checker) rangeOver(n *ast.RangeStmt) {
	switch t := c.typeOf(n.X); t.Underlying().(type) {
	case *types.Map:
		c.breach(n, "range over a map")
	case *types.Chan:
		c.breach(n, "channel operation")
	case *types.Signature:
		c.breach(n, "range over a function makes a closure of the loop's body")
	}
}

func (c *checker) call(n *ast.CallExpr) {
	fun := ast.Unparen(n.Fun)
	if id, ok := fun.(*ast.Ident); ok {
		_, builtin := c.info.Uses[id].(*types.Builtin)
		if builtin && slices.Contains([]string{"append", "copy", "close", "delete", "print", "println"}, id.Name) {
			c.breach(n, "built-in %s", id.Name)
		}
	}
	if c.info.Types[fun].IsType() && len(n.Args) == 1 {
		c.conversion(n, c.typeOf(n), c.typeOf(n.Args[0]))
		return
	}
	if sig, ok := c.typeOf(fun).Underlying().(*types.Signature); ok && !n.Ellipsis.IsValid() {
		for i, arg := range n.Args {
			if param := paramType(sig, i); param != nil && types.IsInterface(param) {
				c.boxed(arg)
			}
		}
	}
}

func (c *checker) conversion(n *ast.CallExpr, to, from types.Type) {
	_, toSlice := to.Underlying().(*types.Slice)
	_, fromSlice := from.Underlying().(*types.Slice)
	constant := c.info.Types[n].Value != nil
	switch {
	case isString(to) && !isString(from) && !constant && from != types.Typ[types.Invalid], toSlice && isString(from), isString(to) && fromSlice:
		c.breach(n, "conversion that copies a string")
	case types.IsInterface(to):
		c.boxed(n.Args[0])
	}
}

// boxed reports a value that is copied to the heap to become an interface.
// Pointers, constants and interfaces are not.
func (c *checker) boxed(arg ast.Expr) {
	tv := c.info.Types[arg]
	if tv.Value != nil || tv.Type == nil || tv.IsNil() {
		return
	}
	if _, param := tv.Type.(*types.TypeParam); param {
		return
	}
	switch t := tv.Type.Underlying().(type) {
	case *types.Pointer, *types.Interface, *types.Signature, *types.Map, *types.Chan:
		return
	case *types.Basic:
		if t.Kind() == types.Invalid || t.Kind() == types.UnsafePointer {
			return
		}
	}
	c.breach(arg, "conversion of a value that is no pointer to an interface")
}

func paramType(sig *types.Signature, i int) types.Type {
	params := sig.Params()
	if last := params.Len() - 1; sig.Variadic() && i >= last {
		if s, ok := params.At(last).Type().(*types.Slice); ok {
			return s.Elem()
		}
		return nil
	}
	if i >= params.Len() {
		return nil
	}
	return params.At(i).Type()
}

// typeOf returns the type of e, Invalid where it is not known.
func (c *checker) typeOf(e ast.Expr) types.Type {
	if t := c.info.TypeOf(e); t != nil {
		return t
	}
	return types.Typ[types.Invalid]
}

func isString(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}
