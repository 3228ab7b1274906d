package lockshim_test

import (
	"go/importer"
	"go/token"
	"go/types"
	"testing"

	"github.com/stretchr/testify/require"
)

const shimPath = "github.com/interlock-go/interlock/mutex/lockshim"

// A later Go that adds a name to sync, or a method to one of its types, fails
// this test: without it the audit of a module that uses the addition would not
// compile.
func TestShimHasEveryNameOfSync(t *testing.T) {
	from := importer.ForCompiler(token.NewFileSet(), "source", nil)
	std, err := from.Import("sync")
	require.NoError(t, err)
	shim, err := from.Import(shimPath)
	require.NoError(t, err)

	require.Equal(t, exported(std), exported(shim))
}

func TestTypesHaveTheMethodsOfSync(t *testing.T) {
	from := importer.ForCompiler(token.NewFileSet(), "source", nil)
	std, err := from.Import("sync")
	require.NoError(t, err)
	shim, err := from.Import(shimPath)
	require.NoError(t, err)

	for name := range exported(std) {
		typ, ok := std.Scope().Lookup(name).(*types.TypeName)
		if !ok || types.IsInterface(typ.Type()) {
			continue
		}
		require.Equal(t, methods(typ.Type()), methods(shim.Scope().Lookup(name).Type()), name)
	}
}

// exported maps each exported name to what it is: a kind of object, and for a
// function its signature.
func exported(pkg *types.Package) map[string]string {
	found := map[string]string{}
	for _, name := range pkg.Scope().Names() {
		if !token.IsExported(name) {
			continue
		}
		switch obj := pkg.Scope().Lookup(name).(type) {
		case *types.Func:
			found[name] = signature(obj)
		case *types.TypeName:
			found[name] = "type"
		default:
			found[name] = obj.String()
		}
	}
	return found
}

func methods(typ types.Type) map[string]string {
	found := map[string]string{}
	set := types.NewMethodSet(types.NewPointer(typ))
	for method := range set.Methods() {
		if method.Obj().Exported() {
			found[method.Obj().Name()] = signature(method.Obj().(*types.Func))
		}
	}
	return found
}

// signature prints types without the package they come from, so that those of
// the two packages compare.
func signature(fn *types.Func) string {
	return types.TypeString(fn.Type(), func(*types.Package) string { return "" })
}
