//go:build !interlock_off

package mutex_test

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

// asking is a way to ask for a lock. Where it can fail, a deadlock is its error and the handler hears of none.
type asking struct {
	name    string
	ask     func(rw *mutex.RWMutex) (unlock func(), err error)
	refuses bool
}

func askings() []asking {
	ctx := context.Background()
	return []asking{
		{"Lock", func(rw *mutex.RWMutex) (func(), error) { rw.Lock(); return rw.Unlock, nil }, false},
		{"RLock", func(rw *mutex.RWMutex) (func(), error) { rw.RLock(); return rw.RUnlock, nil }, false},
		{"RLocker", func(rw *mutex.RWMutex) (func(), error) { rw.RLocker().Lock(); return rw.RUnlock, nil }, false},
		{"LockContext", func(rw *mutex.RWMutex) (func(), error) { return rw.Unlock, mutex.LockContext(ctx, rw) }, true},
		{"RLockContext", func(rw *mutex.RWMutex) (func(), error) { return rw.RUnlock, mutex.RLockContext(ctx, rw) }, true},
		{"LockAll", func(rw *mutex.RWMutex) (func(), error) { return mutex.LockAll(ctx, rw) }, true},
	}
}

// panics makes the handler panic at every report, after w has taken it.
func panics(w *watch) {
	lockorder.SetHandler(func(r lockorder.Report) {
		w.Take(r)
		panic("handler")
	})
}

// fails asks, which must not get the lock: by the handler's panic, or by an error.
func (a asking) fails(t *testing.T, certain bool, rw *mutex.RWMutex) {
	t.Helper()
	if certain && a.refuses {
		_, err := a.ask(rw)
		require.ErrorAs(t, err, new(*lockorder.DeadlockError))
		return
	}
	require.PanicsWithValue(t, "handler", func() { _, _ = a.ask(rw) })
}

// gone fails the test if a call has left anything behind.
func gone(t *testing.T, heldBefore int, locks ...*mutex.RWMutex) {
	t.Helper()
	s := lockorder.Snapshot()
	require.Empty(t, s.Waits)
	require.Len(t, s.Held, heldBefore)
	elsewhere(func() {
		for _, rw := range locks {
			require.True(t, rw.TryLock())
			rw.Unlock()
		}
	})
	for _, a := range askings() {
		for _, rw := range locks {
			unlock, err := a.ask(rw)
			require.NoError(t, err)
			unlock()
		}
	}
}

func TestAPanicOfTheHandlerLeavesNoHalfTakenLock(t *testing.T) {
	for _, a := range askings() {
		t.Run(a.name+"/potential", func(t *testing.T) {
			w := detect(t)
			panics(w)
			held := len(lockorder.Snapshot().Held) // by tests whose goroutines left locks locked
			var x, y mutex.RWMutex
			elsewhere(nesting(&x, &y))
			elsewhere(func() {
				y.Lock()
				defer y.Unlock()
				a.fails(t, false, &x)
			})
			w.Only(lockorder.Potential)
			gone(t, held, &x, &y)
		})
		t.Run(a.name+"/self", func(t *testing.T) {
			w := detect(t)
			panics(w)
			held := len(lockorder.Snapshot().Held)
			var x mutex.RWMutex
			elsewhere(func() {
				x.Lock()
				defer x.Unlock()
				a.fails(t, true, &x)
			})
			w.Want(map[bool]lockorder.Tier{false: lockorder.Deadlock, true: nothing}[a.refuses])
			gone(t, held, &x)
		})
		t.Run(a.name+"/ring", func(t *testing.T) {
			w := detect(t)
			panics(w)
			held := len(lockorder.Snapshot().Held)
			var x, y mutex.RWMutex
			var other sync.WaitGroup
			y.Lock()
			locked := make(chan struct{})
			other.Go(func() {
				x.Lock()
				close(locked)
				nest(&y) // waits before the handler panics, and gets it when the one below gives up
				x.Unlock()
			})
			<-locked
			waiters(t, 1)
			a.fails(t, true, &x)
			require.Len(t, lockorder.Snapshot().Waits, 1, "of the other one")
			y.Unlock()
			other.Wait()
			w.Want(map[bool]lockorder.Tier{false: lockorder.Deadlock, true: nothing}[a.refuses])
			gone(t, held, &x, &y)
		})
	}
}

// One call can find out several things. That the handler panics at the first does not lose the others.
func TestAPanicOfTheHandlerLosesNoFinding(t *testing.T) {
	w := detect(t)
	panics(w)
	var a, b, c mutex.Mutex
	inTurn(nesting(&a, &b), nesting(&a, &c))
	elsewhere(func() {
		b.Lock()
		defer b.Unlock()
		c.Lock()
		defer c.Unlock()
		require.Panics(t, a.Lock)
	})
	require.Len(t, w.All(), 2)
	require.Len(t, lockorder.Snapshot().Findings, 2)
	require.Empty(t, lockorder.Snapshot().Waits)
}
