package lockclass_test

import (
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/lockclass"
)

// dep hands locks about in all the ways in which types meet.
const dep = `package dep

import "sync"

type Box struct{ Mu sync.Mutex }

type Guard interface{ Guard() *sync.Mutex }

type Hook func(*sync.RWMutex)

var Global sync.Mutex

func With(mu *sync.Mutex, f func()) {}
func Use(g Guard)                  {}
func On(h Hook)                    {}
func Locker(l sync.Locker)         {}
func Free(n int) *Box              { return &Box{} }
`

// compile adds export data of a package to a program's.
func compile(t *testing.T, p *lockclass.Program, path, src string) {
	dir := t.TempDir()
	var config strings.Builder
	export, err := exports()
	require.NoError(t, err)
	for path, file := range export {
		if file == "" { // unsafe
			continue
		}
		fmt.Fprintf(&config, "packagefile %s=%s\n", path, file)
	}
	file := func(name string) string { return filepath.Join(dir, name) }
	require.NoError(t, os.WriteFile(file("importcfg"), []byte(config.String()), 0o666))
	require.NoError(t, os.WriteFile(file("a.go"), []byte(src), 0o666))
	out, err := exec.Command("go", "tool", "compile", "-p", path, "-importcfg", file("importcfg"), "-o", file("a.a"), file("a.go")).CombinedOutput()
	require.NoError(t, err, "%s", out)
	others := p.Export
	p.Export = func(asked string) (io.ReadCloser, error) {
		if asked == path {
			return os.Open(file("a.a"))
		}
		return others(asked)
	}
}

// Each is the body of package p, and what becomes of p, q and dep.
func TestLocksThatCross(t *testing.T) {
	for name, c := range map[string]struct {
		body    string
		fixed   bool // dep may not change
		changed []string
	}{
		"nothing crosses":  {"var mu sync.Mutex; func F() { dep.Locker(&mu); mu.Lock(); dep.Free(1).Mu.Lock() }", false, []string{"p", "q"}},
		"an argument":      {"var mu sync.Mutex; func F() { dep.With(&mu, nil) }", false, []string{"dep", "p", "q"}},
		"a fixed argument": {"var mu sync.Mutex; func F() { dep.With(&mu, nil) }", true, []string{"q"}},
		"a field":          {"var mu *sync.Mutex = &dep.Free(1).Mu", false, []string{"dep", "p", "q"}},
		"a method of an interface": {
			"type T struct{ mu sync.Mutex }; func (t *T) Guard() *sync.Mutex { return &t.mu }; var _ dep.Guard = &T{}; func F() { dep.Use(&T{}) }",
			false,
			[]string{"dep", "p", "q"},
		},
		"a callback":             {"func F() { dep.On(func(mu *sync.RWMutex) {}) }", false, []string{"dep", "p", "q"}},
		"a conversion":           {"type Box struct{ Mu sync.Mutex }; func F(b *Box) *dep.Box { return (*dep.Box)(b) }", false, []string{"dep", "p", "q"}},
		"a comparison":           {"func F(mu *sync.Mutex) bool { return mu == &dep.Global }", false, []string{"dep", "p", "q"}},
		"through another":        {"func F() { dep.With(&q.Mu, nil) }", false, []string{"dep", "p", "q"}},
		"through another, fixed": {"func F() { dep.With(&q.Mu, nil) }", true, nil},
		"an assertion of size":   {"var _ [unsafe.Sizeof(sync.Mutex{})]byte = [8]byte{}", false, []string{"q"}},
		"an error of the user's": {"func F() { undefined(); dep.With(nil, nil) }", false, []string{"p", "q"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := program(t, map[string]string{
				"dep/a.go": dep,
				"q/a.go":   "package q\nimport \"sync\"\nvar Mu sync.Mutex",
				"p/a.go":   "package p\nimport (\"sync\"; \"unsafe\"; \"dep\"; \"q\")\nvar _ sync.Mutex; var _ unsafe.Pointer; var _ dep.Box; var _ = &q.Mu\n" + c.body,
			}, pkg("dep"), pkg("q"), pkg("p", "dep", "q"))
			p.Packages[0].Fixed = c.fixed
			wanted := set("p", "q")
			compile(t, p, "dep", dep)
			result := lockclass.Check(p, wanted, nil)
			require.Equal(t, c.changed, slices.Sorted(maps.Keys(result.Changed)))
			for _, m := range result.Moves {
				require.NotEqual(t, wanted[m.Base], m.Changed)
				require.Regexp(t, `^p/a\.go:4:\d+$`, m.At.String())
				require.NotEmpty(t, m.Error)
			}
		})
	}
}
