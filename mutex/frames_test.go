//go:build !interlock_off

//lint:file-ignore SA2001 what is tried is locking, not what is locked

package mutex_test

import (
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

// pair is what each way to lock is tried with: a is locked first, then b.
type pair struct {
	a, b embeds
	once mutex.Once
}

// marked returns the line of this file that ends with the mark.
func marked(t *testing.T, mark string) int {
	t.Helper()
	source, err := os.ReadFile("frames_test.go")
	require.NoError(t, err)
	at := 0
	for i, text := range strings.Split(string(source), "\n") {
		if strings.HasSuffix(text, "// "+mark) {
			require.Zero(t, at, "two marks %q", mark)
			at = i + 1
		}
	}
	require.NotZero(t, at, "no mark %q", mark)
	return at
}

// Small enough to be inlined into whoever calls them.
func inlinedOuter(p *pair) { p.a.Lock() } // inlined: held
func inlinedInner(p *pair) { p.b.Lock() } // inlined: asked

func throughTwoInlined(p *pair) { inlinedInner(p) } // inlined: asked by

func generic[L sync.Locker](outer, inner L) {
	outer.Lock() // generic: held
	inner.Lock() // generic: asked
}

// ways lock a and then b, each on a line with a mark.
var ways = map[string]func(*pair){
	"direct": func(p *pair) {
		p.a.Mutex.Lock() // direct: held
		p.b.Mutex.Lock() // direct: asked
	},
	"embedded": func(p *pair) {
		p.a.Lock() // embedded: held
		p.b.Lock() // embedded: asked
	},
	"inlined": func(p *pair) {
		inlinedOuter(p)
		throughTwoInlined(p)
	},
	"interface": func(p *pair) {
		var a, b sync.Locker = &p.a.Mutex, &p.b.Mutex
		a.Lock() // interface: held
		b.Lock() // interface: asked
	},
	"interface of embedding": func(p *pair) {
		var a, b sync.Locker = &p.a, &p.b
		a.Lock() // interface of embedding: held
		b.Lock() // interface of embedding: asked
	},
	"method expression": func(p *pair) {
		lock := (*mutex.Mutex).Lock
		lock(&p.a.Mutex) // method expression: held
		lock(&p.b.Mutex) // method expression: asked
	},
	"defer": func(p *pair) {
		p.a.Lock()       // defer: held
		defer p.b.Lock() // runs at the end
	}, // defer: asked
	"generic": func(p *pair) {
		generic(&p.a.Mutex, &p.b.Mutex)
	},
	"generic of embedding": func(p *pair) {
		for _, l := range []sync.Locker{&p.a, &p.b} {
			func() {
				l.Lock() // generic of embedding: held
			}()
		}
	},
	"read": func(p *pair) {
		p.a.rw.RLock() // read: held
		p.b.rw.Lock()  // read: asked
	},
	"read locker": func(p *pair) {
		a, b := p.a.rw.RLocker(), p.b.rw.RLocker()
		a.Lock() // read locker: held
		b.Lock() // read locker: asked
	},
	"tried": func(p *pair) {
		p.a.TryLock()         // tried: held
		p.b.rw.RWMutex.Lock() // tried: asked
	},
	"once": func(p *pair) {
		p.once.Do(func() { // once: held
			p.b.Lock() // once: asked
		})
	},
}

// unlockAll frees whatever a way has locked.
func (p *pair) unlockAll() {
	for _, e := range []*embeds{&p.a, &p.b} {
		if !e.TryLock() {
			e.Unlock()
		} else {
			e.Unlock()
		}
		switch {
		case e.rw.TryLock():
			e.rw.Unlock()
		case e.rw.TryRLock():
			e.rw.RUnlock()
			e.rw.RUnlock()
		default:
			e.rw.Unlock()
		}
	}
}

// locked returns the dependency that the way has taught, as Snapshot shows it.
func locked(t *testing.T) lockorder.Dependency {
	t.Helper()
	for _, d := range lockorder.Snapshot().Orders {
		if len(d.Held) == 1 {
			return d
		}
	}
	require.Fail(t, "no order was learnt")
	return lockorder.Dependency{}
}

func TestFrames(t *testing.T) {
	for name, way := range ways {
		for _, warm := range []bool{false, true} {
			kind := " first"
			if warm {
				kind = " again" // by the fast path
			}
			t.Run(name+kind, func(t *testing.T) {
				detect(t)
				p := new(pair)
				elsewhere(func() {
					if warm {
						nest(&p.a)
						nest(&p.b)
						nest(p.a.rw.RLocker())
						nest(&p.b.rw)
					}
					way(p)
					p.unlockAll()
				})
				d := locked(t)
				held, asked := d.Held[0].Stack, d.Want.Stack
				require.NotEmpty(t, held)
				require.NotEmpty(t, asked)
				line := marked(t, name+": held")
				require.Equal(t, line, held[0].Line, "%v", held)
				require.True(t, strings.HasSuffix(held[0].File, "/mutex/frames_test.go"))
				if name != "generic of embedding" { // both on one line
					line = marked(t, name+": asked")
				}
				require.Equal(t, line, asked[0].Line, "%v", asked)
				require.True(t, strings.HasSuffix(asked[0].File, "/mutex/frames_test.go"))
			})
		}
	}
}

func TestFramesOfInlinedCallers(t *testing.T) {
	detect(t)
	p := new(pair)
	elsewhere(func() { ways["inlined"](p); p.unlockAll() })
	asked := locked(t).Want.Stack
	require.Equal(t, marked(t, "inlined: asked by"), asked[1].Line)
	require.True(t, strings.HasSuffix(asked[0].Func, "mutex_test.inlinedInner"))
	require.True(t, strings.HasSuffix(asked[1].Func, "mutex_test.throughTwoInlined"))
}
