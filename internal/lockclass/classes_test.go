package lockclass_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/lockclass"
)

const shim = "github.com/interlock-go/interlock/mutex/lockshim"

// exports are the export data of the packages that the tests' sources import.
var exports = sync.OnceValues(func() (map[string]string, error) {
	out, err := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Export", shim, "context", "sort").Output()
	if err != nil {
		return nil, err
	}
	files := map[string]string{}
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var pkg struct{ ImportPath, Export string }
		if err := d.Decode(&pkg); err != nil {
			return nil, err
		}
		files[pkg.ImportPath] = pkg.Export
	}
	return files, nil
})

// program is sources by file name; a package is what comes before the slash.
func program(t *testing.T, sources map[string]string, packages ...lockclass.Package) *lockclass.Program {
	t.Helper()
	export, err := exports()
	require.NoError(t, err)
	return &lockclass.Program{
		Packages: packages,
		Shim:     shim,
		Read: func(file string) ([]byte, error) {
			src, ok := sources[file]
			if !ok {
				return nil, os.ErrNotExist
			}
			return []byte(src), nil
		},
		Export: func(path string) (io.ReadCloser, error) {
			if export[path] == "" {
				return nil, fmt.Errorf("no export data of %s", path)
			}
			return os.Open(export[path])
		},
	}
}

func pkg(path string, imports ...string) lockclass.Package {
	return lockclass.Package{ID: path, Base: path, Files: []string{path + "/a.go"}, Imports: imports}
}

func set(names ...string) map[string]bool {
	all := map[string]bool{}
	for _, name := range names {
		all[name] = true
	}
	return all
}

// named is each line of a source that has a comment "// = class", which is what
// its lock has to be called; "none" is for one without a class.
const named = `package p

import (
	"context"
	"sync"

	m "github.com/interlock-go/interlock/mutex"
)

type Account struct {
	mu      sync.Mutex
	journal struct{ mu sync.RWMutex }
	parts   [4]sync.Mutex
	shared  *sync.Mutex
	once    sync.Once
	next    *Account
	balance int
}

type Embedding struct {
	sync.RWMutex
	n int
}

type Deeper struct {
	Embedding
	name string
}

type Wrapped struct{ sync.Mutex }

type Wrapper struct{ mu sync.Mutex }

func (w *Wrapper) Lock()   { w.mu.Lock() } // = none
func (w *Wrapper) Unlock() { w.mu.Unlock() }

type User struct {
	a    Wrapped
	b    *Wrapped
	name string
}

type Box[T any] struct {
	mu sync.Mutex
	v  T
}

func (b *Box[T]) F() { b.mu.Lock() } // = p.Box.mu

type Alias = sync.Mutex

var (
	global  sync.Mutex
	aliased Alias
	made    = new(sync.RWMutex)
	taken   *sync.Mutex
	table   = map[string]*Account{}
	state   struct{ mu sync.Mutex }
	one     Account
	locks   = map[string]*sync.Mutex{}
	own     m.Mutex
)

func F(a *Account, e *Embedding, d Deeper, w *Wrapped, u *User, mu *sync.Mutex, l sync.Locker) {
	a.mu.Lock()             // = p.Account.mu
	(&a.mu).Lock()          // = p.Account.mu
	a.next.next.mu.Lock()   // = p.Account.mu
	a.journal.mu.RLock()    // = p.Account.journal.mu
	a.journal.mu.TryRLock() // = p.Account.journal.mu
	a.parts[1].TryLock()    // = p.Account.parts[]
	a.shared.Lock()         // = none
	a.once.Do(func() {      // = p.Account.once
		global.Lock() // = p.global
	})
	e.Lock()                 // = p.Embedding.RWMutex
	d.RLock()                // = p.Embedding.RWMutex
	d.Embedding.RWMutex.Lock() // = p.Embedding.RWMutex
	w.Lock()                 // = none
	u.a.Lock()               // = p.User.a
	u.a.Mutex.Lock()         // = p.User.a
	u.b.Lock()               // = none
	mu.Lock()                // = none
	l.Lock()                 // = none
	e.RLocker().Lock()       // = none
	aliased.Lock()           // = p.aliased
	made.Lock()              // = p.made
	taken.Lock()             // = none
	table["x"].mu.Lock()     // = p.Account.mu
	state.mu.Lock()          // = p.state.mu
	one.mu.Lock()            // = p.Account.mu
	locks["x"].Lock()        // = none
	get().mu.Lock()          // = p.Account.mu
	which().Lock()           // = none
	own.Lock()               // = p.own
	m.LockContext(context.TODO(), &a.mu) // = p.Account.mu
	lock := a.mu.Lock
	lock() // = none

	var local sync.Mutex
	local.Lock() // = p.F.local
	go func() {
		local.Lock() // = p.F.local
	}()
	p := &a.mu
	p.Lock() // = p.Account.mu
	q := new(sync.Mutex)
	q.Lock() // = p.F.q
	r := &sync.Mutex{}
	r.Lock() // = p.F.r
	s := &a.mu
	s = &global
	s.Lock() // = none
	t, _ := two()
	t.Lock() // = none
	var v *sync.Mutex
	v = &global
	v.Lock() // = p.global
	x := &a.mu
	set(&x)
	x.Lock() // = none
	anon := struct{ mu sync.Mutex }{}
	anon.mu.Lock() // = p.F.anon.mu
	for _, y := range []*sync.Mutex{&global} {
		y.Lock() // = none
	}
	a.
		mu.
		Lock() // = p.Account.mu
	a.mu.Lock(); global.Lock() // = none
	a.mu.Lock(); a.next.mu.Lock() // = p.Account.mu
}

func (a *Account) Method() {
	var mu sync.Mutex
	mu.Lock() // = p.Account.Method.mu
}

func get() *Account                  { return nil }
func which() *sync.Mutex             { return nil }
func two() (*sync.Mutex, *sync.Mutex) { return nil, nil }
func set(**sync.Mutex)               {}
`

func TestClassesOfExpressions(t *testing.T) {
	for _, wanted := range []map[string]bool{set("p"), set()} { // with the locks changed, and left as they are
		p := program(t, map[string]string{"p/a.go": named}, pkg("p"))
		if len(wanted) == 0 {
			p.Packages = append(p.Packages, pkg("q", "p"))
			wanted = set("q")
			p.Packages[0].Imports = []string{"r"}
			p.Packages = append([]lockclass.Package{pkg("r")}, p.Packages...)
			wanted["r"] = true
		}
		got := map[int]string{}
		for _, s := range lockclass.Check(p, wanted, nil).Sites {
			require.Equal(t, "p/a.go", s.File)
			got[s.Line] = s.Class
		}
		for i, line := range strings.Split(named, "\n") {
			want, ok := "", false
			if _, want, ok = strings.Cut(line, "// = "); !ok {
				continue
			}
			class := got[i+1]
			if class == "" {
				class = "none"
			}
			require.Equal(t, want, class, "line %d: %s", i+1, strings.TrimSpace(line))
		}
	}
}

func TestSingleLocksAndComparisons(t *testing.T) {
	const src = `package p

import "sync"

type A struct {
	mu sync.Mutex
	id int
}

var one struct{ mu sync.Mutex }
var many A

func transfer(a, b *A) {
	if a.id > b.id {
		a, b = b, a
	}
	a.mu.Lock()
	b.mu.Lock()
}

func unordered(all []*A) {
	for i := 0; i < len(all); i++ {
		all[i].mu.Lock()
	}
	if len(all) > 3 {
		one.mu.Lock()
		many.mu.Lock()
	}
}
`
	p := program(t, map[string]string{"p/a.go": src}, pkg("p"))
	sites := lockclass.Check(p, set("p"), nil).Sites
	var got []string
	for _, s := range sites {
		got = append(got, fmt.Sprintf("%d %s %v %d", s.Line, s.Class, s.Single, s.Compared))
	}
	require.Equal(t, []string{
		"17 p.A.mu false 14", "18 p.A.mu false 14", "23 p.A.mu false 0", "26 p.one.mu true 0", "27 p.A.mu false 0",
	}, got)
}
