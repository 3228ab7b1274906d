package mutex_test

import (
	"reflect"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/mutex"
)

// methods describes the exported methods of a type by name, without the receiver.
func methods(t reflect.Type) map[string]string {
	out := map[string]string{}
	for m := range t.Methods() {
		var in, results []reflect.Type
		for p := range m.Type.Ins() {
			in = append(in, p)
		}
		for r := range m.Type.Outs() {
			results = append(results, r)
		}
		out[m.Name] = reflect.FuncOf(in[1:], results, m.Type.IsVariadic()).String()
	}
	return out
}

func TestMethodSetsAreThoseOfSync(t *testing.T) {
	for _, pair := range []struct{ ours, theirs reflect.Type }{
		{reflect.TypeFor[*mutex.Mutex](), reflect.TypeFor[*sync.Mutex]()},
		{reflect.TypeFor[*mutex.RWMutex](), reflect.TypeFor[*sync.RWMutex]()},
		{reflect.TypeFor[*mutex.Once](), reflect.TypeFor[*sync.Once]()},
	} {
		require.NotEmpty(t, methods(pair.theirs))
		require.Equal(t, methods(pair.theirs), methods(pair.ours), "%v", pair.ours)
		require.Empty(t, methods(pair.ours.Elem()), "%v: by value", pair.ours)
	}
}

func TestFunctionsAreThoseOfSync(t *testing.T) {
	require.Equal(t, reflect.TypeFor[func(f func()) func()](), reflect.TypeFor[func(f func()) func()]())
	require.Equal(t, reflect.TypeFor[func(f func() int) func() int](), reflect.TypeFor[func(f func() int) func() int]())
	require.Equal(t, reflect.TypeFor[func(f func() (int, error)) func() (int, error)](), reflect.TypeFor[func(f func() (int, error)) func() (int, error)]())
}

func TestOnceBehavesAsSyncs(t *testing.T) {
	type doer interface{ Do(func()) }
	for name, once := range map[string]doer{"sync": new(sync.Once), "interlock": new(mutex.Once)} {
		t.Run(name, func(t *testing.T) {
			require.PanicsWithValue(t, "first", func() { once.Do(func() { panic("first") }) })
			once.Do(func() { t.Error("the panic counts as done") })
		})
	}
	for name, onceFunc := range map[string]func(func()) func(){"sync": sync.OnceFunc, "interlock": mutex.OnceFunc} {
		t.Run(name, func(t *testing.T) {
			n := 0
			f := onceFunc(func() { n++; panic(n) })
			require.PanicsWithValue(t, 1, f)
			require.PanicsWithValue(t, 1, f)
		})
	}
	values := mutex.OnceValues(func() (int, string) { return 7, "seven" })
	for range 2 {
		n, s := values()
		require.Equal(t, 7, n)
		require.Equal(t, "seven", s)
	}
}
