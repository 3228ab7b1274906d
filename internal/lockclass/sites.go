package lockclass

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/interlock-go/interlock/internal/classfile"
)

// Site is a place at which a lock is acquired.
type Site struct {
	File string // the one that has been read
	// Shown is the file that a //line directive names, or File.
	Shown string
	Line  int
	Class string
	// Single says that the class is a variable of a package: one lock.
	Single bool
	// Compared is where the function around it compares before, by which it may
	// have put locks of the class into an order; 0 if nowhere.
	Compared int
}

// collector gathers the sites of the packages that are checked.
type collector struct{ sites []Site }

// acquires are the methods that acquire a lock, or ask for it.
var acquires = map[string]bool{"Lock": true, "RLock": true, "TryLock": true, "TryRLock": true, "Do": true}

// acquiresArgument are the functions of package mutex that do.
var acquiresArgument = map[string]int{"LockContext": 1, "RLockContext": 1}

func (c *collector) collect(fset *token.FileSet, pkg *Package, files []*ast.File, info *types.Info) {
	n := newNamer(pkg.Path(), files, info)
	for _, file := range files {
		name := fset.PositionFor(file.FileStart, false).Filename
		for _, decl := range file.Decls {
			w := walker{collector: c, fset: fset, namer: n, info: info, file: name}
			if fn, ok := decl.(*ast.FuncDecl); ok {
				w.wrapper = isWrapperMethod(fn, info)
			}
			ast.Inspect(decl, w.visit)
		}
	}
}

// walker looks for sites in one declaration.
type walker struct {
	*collector
	*namer
	fset     *token.FileSet
	info     *types.Info
	file     string
	wrapper  bool
	compared token.Pos // of the first comparison so far
	counts   ast.Expr  // the condition of a loop, which orders nothing
}

func (w *walker) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.ForStmt:
		w.counts = n.Cond
	case *ast.BinaryExpr:
		switch n.Op {
		case token.LSS, token.GTR, token.LEQ, token.GEQ:
			if n != w.counts && !w.constant(n.X) && !w.constant(n.Y) {
				w.compare(n.Pos())
			}
		}
	case *ast.CallExpr:
		if isSort(n, w.info) {
			w.compare(n.Pos())
		}
		if lock, from := w.acquired(n); lock != nil && !w.wrapper {
			w.add(n, from, lock)
		}
	}
	return true
}

func (w *walker) constant(e ast.Expr) bool { return w.info.Types[e].Value != nil }

func (w *walker) compare(at token.Pos) {
	if w.compared == token.NoPos {
		w.compared = at
	}
}

// isSort tells whether a call orders things.
func isSort(call *ast.CallExpr, info *types.Info) bool {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	fn, ok := info.Uses[sel.Sel].(*types.Func)
	if !ok || fn.Pkg() == nil {
		return false
	}
	switch fn.Pkg().Path() {
	case "sort", "cmp", "slices":
		return true
	case "strings", "bytes":
		return fn.Name() == "Compare"
	}
	return fn.Name() == "Less" || fn.Name() == "Compare" || fn.Name() == "Cmp"
}

// acquired returns what names the lock that a call acquires, and where its lines
// begin; nil if it acquires none that a declaration leads to.
func (w *walker) acquired(call *ast.CallExpr) (lock *identity, from token.Pos) {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil, 0
	}
	if method := w.info.Selections[sel]; method != nil {
		fn, ok := method.Obj().(*types.Func)
		if !ok || method.Kind() != types.MethodVal || !acquires[fn.Name()] || !isLock(receiver(fn)) {
			return nil, 0
		}
		return w.promoted(sel.X, method), sel.Pos()
	}
	fn, ok := w.info.Uses[sel.Sel].(*types.Func)
	if !ok || fn.Pkg() == nil || fn.Pkg().Path() != ours {
		return nil, 0
	}
	if at, ok := acquiresArgument[fn.Name()]; ok && at < len(call.Args) {
		return w.name(call.Args[at]), call.Args[at].Pos()
	}
	return nil, 0
}

func receiver(fn *types.Func) types.Type {
	recv := fn.Signature().Recv()
	if recv == nil {
		return types.Typ[types.Invalid]
	}
	if p, ok := types.Unalias(recv.Type()).(*types.Pointer); ok {
		return p.Elem()
	}
	return recv.Type()
}

// isWrapperMethod tells whether a function is the Lock, or the like, of a type that
// stands for a lock itself: what it locks has as many identities as the type has
// users.
func isWrapperMethod(fn *ast.FuncDecl, info *types.Info) bool {
	if fn.Recv == nil || !acquires[fn.Name.Name] {
		return false
	}
	obj, ok := info.Defs[fn.Name].(*types.Func)
	return ok && isLocker(receiver(obj))
}

// isLocker tells whether a pointer to t has the methods of sync.Locker.
func isLocker(t types.Type) bool {
	methods := types.NewMethodSet(types.NewPointer(t))
	for _, name := range []string{"Lock", "Unlock"} {
		method := methods.Lookup(nil, name)
		if method == nil {
			return false
		}
		if sig := method.Type().(*types.Signature); sig.Params().Len() != 0 || sig.Results().Len() != 0 {
			return false
		}
	}
	return true
}

// add notes a site on each line on which the compiler may see the call: one that
// is broken over several lines has its own.
func (w *walker) add(call *ast.CallExpr, from token.Pos, lock *identity) {
	first, last := w.fset.Position(from), w.fset.Position(call.Lparen)
	compared := 0
	if w.compared != token.NoPos && w.compared < from {
		compared = w.fset.Position(w.compared).Line
	}
	for line := first.Line; line <= max(last.Line, first.Line); line++ {
		w.sites = append(w.sites, Site{
			File: w.file, Shown: first.Filename, Line: line,
			Class: lock.name, Single: lock.single, Compared: compared,
		})
	}
}

// finish sorts the sites and leaves out lines on which locks of different classes
// are acquired: the running program knows lines and no columns.
func (c *collector) finish() []Site {
	slices.SortFunc(c.sites, func(a, b Site) int {
		return cmp.Or(cmp.Compare(a.Shown, b.Shown), a.Line-b.Line, cmp.Compare(a.Class, b.Class))
	})
	var sites []Site
	for i := 0; i < len(c.sites); {
		j := i + 1
		same := true
		for ; j < len(c.sites) && c.sites[j].Shown == c.sites[i].Shown && c.sites[j].Line == c.sites[i].Line; j++ {
			same = same && c.sites[j].Class == c.sites[i].Class
		}
		if same {
			sites = append(sites, c.sites[i])
		}
		i = j
	}
	return sites
}

// Classes are the classes of sites, whose files have the names that runtime gives.
func Classes(sites []Site, runtime func(Site) string) []classfile.Class {
	at := map[string]int{}
	var classes []classfile.Class
	for _, s := range sites {
		i, ok := at[s.Class]
		if !ok {
			i = len(classes)
			at[s.Class] = i
			classes = append(classes, classfile.Class{Name: s.Class, Single: s.Single})
		}
		classes[i].Places = append(classes[i].Places, classfile.Place{File: runtime(s), Line: s.Line})
	}
	return classes
}
