//go:build !interlock_off

//lint:file-ignore SA2001 what is tried is locking, not what is locked

package mutex_test

import (
	"reflect"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

func TestMisusePanics(t *testing.T) {
	var m mutex.Mutex
	var rw mutex.RWMutex
	nop := func() {}
	for _, test := range []struct {
		name          string
		before, wrong func()
		after         func()
		message       string
	}{
		{"Unlock of a Mutex never used", nop, new(mutex.Mutex).Unlock, nop, "mutex: unlock of unlocked Mutex"},
		{"Unlock of an RWMutex never used", nop, new(mutex.RWMutex).Unlock, nop, "mutex: unlock of unlocked RWMutex"},
		{"RUnlock of an RWMutex never used", nop, new(mutex.RWMutex).RUnlock, nop, "mutex: RUnlock of unlocked RWMutex"},
		{"Unlock twice", func() { nest(&m) }, m.Unlock, nop, "mutex: unlock of unlocked Mutex"},
		{"Unlock twice, elsewhere", func() { elsewhere(nesting(&m)) }, m.Unlock, nop, "mutex: unlock of unlocked Mutex"},
		{"write Unlock twice", func() { nest(&rw) }, rw.Unlock, nop, "mutex: unlock of unlocked RWMutex"},
		{"RUnlock twice", func() { nest(rw.RLocker()) }, rw.RUnlock, nop, "mutex: RUnlock of unlocked RWMutex"},
		{"RLocker Unlock twice", func() { nest(rw.RLocker()) }, rw.RLocker().Unlock, nop, "mutex: RUnlock of unlocked RWMutex"},
		{"Unlock of a read hold", rw.RLock, rw.Unlock, rw.RUnlock, "mutex: unlock of unlocked RWMutex"},
		{"Unlock of another's read hold", func() { elsewhere(rw.RLock) }, rw.Unlock, rw.RUnlock, "mutex: unlock of unlocked RWMutex"},
		{"RUnlock of a write hold", rw.Lock, rw.RUnlock, rw.Unlock, "mutex: RUnlock of unlocked RWMutex"},
		{"RUnlock of another's write hold", func() { elsewhere(rw.Lock) }, rw.RUnlock, rw.Unlock, "mutex: RUnlock of unlocked RWMutex"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := detect(t)
			for range 3 {
				test.before()
				require.PanicsWithValue(t, test.message, test.wrong)
				test.after()
				usable(t, &m, &rw)
			}
			w.Want(nothing)
		})
	}
}

// usable tries that the locks are free and exclude.
func usable(t *testing.T, m *mutex.Mutex, rw *mutex.RWMutex) {
	t.Helper()
	m.Lock()
	require.False(t, m.TryLock())
	m.Unlock()
	rw.Lock()
	require.False(t, rw.TryLock())
	require.False(t, rw.TryRLock())
	rw.Unlock()
	rw.RLock()
	require.False(t, rw.TryLock())
	require.True(t, rw.TryRLock())
	rw.RUnlock()
	rw.RUnlock()
}

// A panic over an unlock leaves the detector as it was.
func TestDetectionAfterMisuse(t *testing.T) {
	w := detect(t)
	var a, b mutex.Mutex
	elsewhere(func() {
		a.Lock()
		require.Panics(t, b.Unlock)
		nest(&b)
		a.Unlock()
	})
	elsewhere(nesting(&b, &a))
	w.Only(lockorder.Potential)
}

// copied copies what go vet would not let pass.
func copied[T any](from *T) *T {
	to := new(T)
	reflect.ValueOf(to).Elem().Set(reflect.ValueOf(from).Elem())
	return to
}

func TestCopyOfALockedLock(t *testing.T) {
	w := detect(t)
	var m mutex.Mutex
	m.Lock()
	c := copied(&m)
	require.False(t, c.TryLock(), "as sync's")
	c.Unlock()
	nest(c)
	require.False(t, m.TryLock())
	m.Unlock()
	require.PanicsWithValue(t, "mutex: unlock of unlocked Mutex", m.Unlock)
	nest(&m)

	var rw mutex.RWMutex
	rw.Lock()
	d := copied(&rw)
	rw.Unlock()
	d.Unlock()
	nest(d)
	nest(d.RLocker())
	w.Want(nothing)
}

// embeds is how most programs have their locks.
type embeds struct {
	mutex.Mutex
	rw struct{ mutex.RWMutex }
}

func TestEmbeddedLocks(t *testing.T) {
	w := detect(t)
	var x, y embeds
	inTurn(nesting(&x, &x.rw), nesting(&x, &y.rw))
	w.Want(nothing)
	elsewhere(nesting(&y.rw, &x))
	w.Only(lockorder.Potential)
}

func TestCollectedLocksAreForgotten(t *testing.T) {
	w := detect(t)
	before := len(lockorder.Snapshot().Orders)
	for range 100 {
		a, b := new(mutex.Mutex), new(mutex.RWMutex)
		elsewhere(nesting(a, b))
	}
	require.Eventually(t, func() bool {
		runtime.GC()
		return len(lockorder.Snapshot().Orders) <= before
	}, patience, time.Millisecond)
	w.Want(nothing)
}

// A copy locked first, with nothing held, must not pass for the lock that it was made of.
func TestCopiedLocksAreLocksOfTheirOwn(t *testing.T) {
	w := detect(t)
	var a, b mutex.Mutex
	elsewhere(nesting(&a, &b))
	a2, b2 := copied(&a), copied(&b)
	elsewhere(nesting(b2, a2))
	w.Want(nothing)
	elsewhere(nesting(a2, b2))
	w.Only(lockorder.Potential)
}

// The holder has not yet heard of the first release when the second comes.
func TestSecondUnlockByAStranger(t *testing.T) {
	detect(t)
	var m mutex.Mutex
	m.Lock()
	elsewhere(func() {
		m.Unlock()
		require.PanicsWithValue(t, "mutex: unlock of unlocked Mutex", m.Unlock)
	})
	m.Lock()
	m.Unlock()
}
