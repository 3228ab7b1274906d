//go:build !interlock_off

//lint:file-ignore SA2001 what is tried is locking, not what is locked

package mutex_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

// stuck runs f, which must be reported when it blocks and must then be let go by rescue, from
// another goroutine, within patience. It returns how long the report took from the call of f.
func (w *watch) stuck(f, rescue func()) time.Duration {
	w.t.Helper()
	done := make(chan struct{})
	began := time.Now()
	go func() { defer close(done); f() }()
	reported := w.Arrives()
	took := time.Since(began)
	rescue()
	<-done
	require.True(w.t, reported, "nothing was reported")
	return took
}

func TestSelf(t *testing.T) {
	for _, test := range []struct {
		name          string
		first, second func(*mutex.RWMutex) sync.Locker
		reported      bool
	}{
		{"Lock Lock", write, write, true},
		{"RLock Lock", read, write, true},
		{"Lock RLock", write, read, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := detect(t)
			var rw mutex.RWMutex
			first, second := test.first(&rw), test.second(&rw)
			took := w.stuck(func() { first.Lock(); second.Lock(); second.Unlock() }, first.Unlock)
			r := w.Only(lockorder.Deadlock)
			require.Equal(t, lockorder.KindSelf, r.Kind)
			require.Len(t, r.Edges, 1)
			require.Less(t, took, time.Second, "at once")
		})
		t.Run(test.name+" one after the other", func(t *testing.T) {
			w := detect(t)
			var rw mutex.RWMutex
			elsewhere(func() { nest(test.first(&rw)); nest(test.second(&rw)) })
			w.Want(nothing)
		})
	}
}

func write(rw *mutex.RWMutex) sync.Locker { return rw }

func read(rw *mutex.RWMutex) sync.Locker { return rw.RLocker() }

func TestSelfMutex(t *testing.T) {
	w := detect(t)
	var m mutex.Mutex
	w.stuck(func() { m.Lock(); m.Lock(); m.Unlock() }, m.Unlock)
	require.Equal(t, lockorder.KindSelf, w.Only(lockorder.Deadlock).Kind)

	w = detect(t)
	var a, b mutex.Mutex
	elsewhere(func() { nest(&a, &b); nest(&a, &b) })
	w.Want(nothing)
}

func TestRecursiveRead(t *testing.T) {
	w := detect(t)
	var rw, twin mutex.RWMutex
	elsewhere(func() { rw.RLock(); rw.RLock(); rw.RUnlock(); rw.RUnlock() })
	r := w.Only(lockorder.NeedsWriter)
	require.Len(t, r.Writers, 1)
	elsewhere(rw.Lock)
	elsewhere(rw.Unlock)
	require.Equal(t, lockorder.Potential, w.Gravest(), "the writer has shown up")

	w = detect(t)
	inTurn(nesting(twin.RLocker()), nesting(&twin), nesting(twin.RLocker()))
	w.Want(nothing)
}

func TestRecursiveReadWithAWaitingWriter(t *testing.T) {
	var rw mutex.RWMutex
	detect(t).meet(func(pause func()) {
		rw.RLock()
		pause()
		rw.RLock() // the writer waits before it, and for it
		rw.RUnlock()
	}, nesting(&rw), rw.RUnlock)
}

// Nobody can let go of a Once, so the ring stays; a child runs it.
func TestOnceThatNeedsItself(t *testing.T) {
	out, code := child(t, "once", "halt_on_error=1 exitcode=7")
	require.Equal(t, 7, code, out)
	require.Contains(t, out, "interlock: deadlock: goroutine 1 waits for itself")
	require.NotContains(t, out, "it also holds")

	w := detect(t)
	var once, other mutex.Once
	ran := 0
	once.Do(func() { other.Do(func() { ran++ }) })
	other.Do(func() { once.Do(func() {}) })
	require.Equal(t, 1, ran)
	w.Want(nothing)
}

func init() {
	children["once"] = func() {
		var once mutex.Once
		once.Do(func() { once.Do(func() {}) })
	}
	children["start"] = func() {
		s := lockorder.Snapshot()
		orders := slices.DeleteFunc(s.Orders, func(d lockorder.Dependency) bool { return len(d.Held) == 0 })
		fmt.Printf("%d held, %d orders", len(s.Held), len(orders))
	}
}

// What the package does at start leaves nothing on the main goroutine.
func TestStartLeavesNothing(t *testing.T) {
	out, _ := child(t, "start", "")
	require.Equal(t, "0 held, 0 orders", out)
}
