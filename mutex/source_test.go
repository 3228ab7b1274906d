//go:build !interlock_off

package mutex_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/classfile"
	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

// strangers are locks that nobody else has.
type strangers struct {
	m  mutex.Mutex
	rw *mutex.RWMutex
}

// Each of these acquires its lock in the line below its own. The table that the
// test writes knows the first two.
func lockFirst(s *strangers) {
	s.m.Lock()
}

func lockSecond(s *strangers) {
	s.rw.Lock()
}

func lockUnknown(s *strangers) {
	s.m.Lock()
}

// lineIn is the line below that at which a function of this file begins.
func lineIn(t *testing.T, function string) classfile.Place {
	_, file, _, ok := runtime.Caller(0)
	require.True(t, ok)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	before, _, found := strings.Cut(string(text), "\nfunc "+function+"(")
	require.True(t, found)
	return classfile.Place{File: file, Line: strings.Count(before, "\n") + 3}
}

// both takes two locks of strangers.
func both(outer, inner func(*strangers)) func() {
	return func() { new(strangers).nest(outer, inner) }
}

func (s *strangers) nest(outer, inner func(*strangers)) {
	s.rw = new(mutex.RWMutex)
	outer(s)
	inner(s)
	s.rw.Unlock()
	s.m.Unlock()
}

// metUnknown gives a lock its class after it has been in an order without one: with
// the next order of it that is not known.
func metUnknown() {
	s := new(strangers)
	for _, lock := range []func(*strangers){lockUnknown, lockFirst} {
		s.nest(lock, lockSecond)
	}
}

func init() {
	firstSecond, secondFirst := both(lockFirst, lockSecond), both(lockSecond, lockFirst)
	for name, parts := range map[string][]func(){
		"source inverted":   {firstSecond, secondFirst},
		"source consistent": {firstSecond, firstSecond},
		"source unknown":    {both(lockUnknown, lockSecond), both(lockSecond, lockUnknown)},
		"source late":       {metUnknown, secondFirst},
		"source many":       {func() { repeat(10_000, firstSecond) }, secondFirst},
	} {
		children[name] = func() {
			lockorder.SetHandler(func(r lockorder.Report) { fmt.Println(r.Summary) })
			inTurn(parts...)
			fmt.Println(len(lockorder.Snapshot().Orders) < 10)
		}
	}
}

func repeat(n int, f func()) {
	for range n {
		f()
	}
}

// Locks that never meet are of one class where the source says so, and all that are
// made of it cost one order.
func TestClassesOfTheSource(t *testing.T) {
	table := filepath.Join(t.TempDir(), "classes")
	file, err := os.Create(table)
	require.NoError(t, err)
	require.NoError(t, classfile.Write(file, []classfile.Class{
		{Name: "p.First.mu", Places: []classfile.Place{lineIn(t, "lockFirst")}},
		{Name: "p.Second.mu", Places: []classfile.Place{lineIn(t, "lockSecond")}},
	}))
	require.NoError(t, file.Close())
	const both = "p.Second.mu and p.First.mu are locked in both orders, so that two goroutines can come to wait for each other forever\n"
	for name, want := range map[string]string{
		"source inverted": both, "source consistent": "", "source unknown": "", "source late": both, "source many": both,
	} {
		out, code := child(t, name, "classes="+table)
		require.Zero(t, code)
		require.Equal(t, want+"true\n", out, name)
	}
	out, _ := child(t, "source inverted", "")
	require.Equal(t, "true\n", out, "without a table they are strangers")
}
