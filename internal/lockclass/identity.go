package lockclass

import (
	"go/ast"
	"go/token"
	"go/types"
)

// identity is what the source calls a lock.
type identity struct {
	name   string
	single bool
}

// namer names the locks of one package's expressions.
type namer struct {
	pkg  string
	info *types.Info
	// within is the function around each variable of a function.
	within map[types.Object]string
	// given is what each variable with a pointer was given, for those that were
	// given something once.
	given map[types.Object]ast.Expr
}

func newNamer(pkg string, files []*ast.File, info *types.Info) *namer {
	n := &namer{pkg: pkg, info: info, within: map[types.Object]string{}, given: map[types.Object]ast.Expr{}}
	for _, file := range files {
		for _, decl := range file.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				n.read(decl, functionName(decl))
			default:
				n.read(decl, "")
			}
		}
	}
	return n
}

// promoted names the lock whose method is selected from x, if need be by way of
// embedded fields.
func (n *namer) promoted(x ast.Expr, method *types.Selection) *identity {
	path := method.Index()
	path = path[:len(path)-1] // the last is the method
	if len(path) == 0 {
		return n.name(x)
	}
	whole, t := n.name(x), n.info.TypeOf(x)
	for _, index := range path {
		whole, t = n.step(whole, t, index)
	}
	if t == nil || isPointer(t) {
		return nil
	}
	return whole
}

// step goes from something of type t into a field of it. Of a type that is nothing
// but a lock the whole counts: its field would make one class of all its users.
func (n *namer) step(whole *identity, t types.Type, index int) (*identity, types.Type) {
	if t == nil {
		return nil, nil
	}
	owner, s := structOf(t)
	if s == nil {
		return nil, nil
	}
	field := s.Field(index)
	if owner != nil && nothingButALock(s) && isLocker(owner) {
		return whole, field.Type()
	}
	return n.field(owner, field, whole), field.Type()
}

// structOf is the named type, nil if there is none, and the structure of t or of
// what it points to.
func structOf(t types.Type) (*types.Named, *types.Struct) {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if param, ok := types.Unalias(t).(*types.TypeParam); ok {
		t = param.Constraint()
	}
	s, _ := t.Underlying().(*types.Struct)
	named, _ := types.Unalias(t).(*types.Named)
	return named, s
}

// nothingButALock tells whether a structure has one field beside blank ones.
func nothingButALock(s *types.Struct) bool {
	named := 0
	for f := range s.Fields() {
		if f.Name() != "_" {
			named++
		}
	}
	return named == 1
}

// field names a field of a type, or of what encloses a type without a name.
func (n *namer) field(owner *types.Named, field *types.Var, whole *identity) *identity {
	if owner != nil {
		obj := owner.Origin().Obj()
		if obj.Pkg() == nil {
			return nil
		}
		return &identity{name: obj.Pkg().Path() + "." + obj.Name() + "." + field.Name()}
	}
	if whole == nil {
		return nil
	}
	return &identity{whole.name + "." + field.Name(), whole.single}
}

// name names what an expression stands for, nil if that is not declared anywhere.
func (n *namer) name(e ast.Expr) *identity {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return n.ident(e)
	case *ast.SelectorExpr:
		return n.selector(e)
	case *ast.UnaryExpr:
		if e.Op == token.AND {
			return n.name(e.X)
		}
	case *ast.StarExpr:
		return n.name(e.X)
	case *ast.IndexExpr:
		return n.element(e)
	}
	return nil
}

func (n *namer) ident(e *ast.Ident) *identity {
	v, ok := n.info.ObjectOf(e).(*types.Var)
	if !ok || v.Pkg() == nil {
		return nil
	}
	switch {
	case v.Parent() == v.Pkg().Scope():
		return n.pointed(v, &identity{v.Pkg().Path() + "." + v.Name(), true})
	case n.within[v] != "":
		return n.pointed(v, &identity{n.pkg + "." + n.within[v] + "." + v.Name(), false})
	case v.Pkg().Path() == n.pkg && n.given[v] != nil: // in a function of a package's variable
		return n.pointed(v, nil)
	}
	return nil
}

// pointed names the lock in a variable, or the one to which it points: known if it
// was made there or is another's that has a name, and nil if the pointer came from
// elsewhere.
func (n *namer) pointed(v *types.Var, own *identity) *identity {
	if !isPointer(v.Type()) {
		return own
	}
	value := n.given[v]
	if value == nil {
		return nil
	}
	switch value := ast.Unparen(value).(type) {
	case *ast.CallExpr:
		if fn, ok := value.Fun.(*ast.Ident); ok && fn.Name == "new" {
			return own
		}
	case *ast.UnaryExpr:
		if _, made := value.X.(*ast.CompositeLit); made {
			return own
		}
		return n.name(value)
	}
	return nil
}

func (n *namer) selector(e *ast.SelectorExpr) *identity {
	selection := n.info.Selections[e]
	if selection == nil { // of a package
		v, ok := n.info.Uses[e.Sel].(*types.Var)
		if !ok || v.Pkg() == nil || isPointer(v.Type()) {
			return nil
		}
		return &identity{v.Pkg().Path() + "." + v.Name(), true}
	}
	if selection.Kind() != types.FieldVal || isPointer(selection.Type()) && isLockOrWrapper(selection.Type()) {
		return nil
	}
	whole, t := n.name(e.X), n.info.TypeOf(e.X)
	for _, index := range selection.Index() {
		whole, t = n.step(whole, t, index)
	}
	return whole
}

// isLockOrWrapper tells whether t points to what is locked, and not to something
// in which a lock is.
func isLockOrWrapper(t types.Type) bool {
	p, ok := t.Underlying().(*types.Pointer)
	return ok && isLocker(p.Elem())
}

// element names the locks of a slice, an array or a map as one class. An element
// that is a pointer may be anybody's.
func (n *namer) element(e *ast.IndexExpr) *identity {
	whole := n.name(e.X)
	t := n.info.TypeOf(e)
	if whole == nil || t == nil || isPointer(t) {
		return nil
	}
	return &identity{name: whole.name + "[]"}
}
