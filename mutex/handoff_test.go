//go:build !interlock_off

//lint:file-ignore SA2001 what is tried is locking, not what is locked

package mutex_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

func TestHandOff(t *testing.T) {
	play(t, []scenario{
		{"Lock here, Unlock there", nothing, func(l *locks) parts {
			return parts{l.a.Lock, l.a.Unlock, nesting(&l.b, &l.a)}
		}},
		{"and the next owner takes B, elsewhere B then A", lockorder.Potential, func(l *locks) parts {
			return parts{l.a.Lock, l.a.Unlock, nesting(&l.a, &l.b), nesting(&l.b, &l.a)}
		}},
		{"and the next owner takes B, as elsewhere", nothing, func(l *locks) parts {
			return parts{l.a.Lock, l.a.Unlock, nesting(&l.a, &l.b), nesting(&l.a, &l.b)}
		}},
		{"write hold released by a helper", nothing, func(l *locks) parts {
			return parts{l.ra.Lock, l.ra.Unlock, nesting(&l.ra)}
		}},
		{"read hold released by a helper", nothing, func(l *locks) parts {
			return parts{l.ra.RLock, l.ra.RUnlock, nesting(&l.ra)}
		}},
		{"two read holds released by helpers", nothing, func(l *locks) parts {
			return parts{l.ra.RLock, l.ra.RLock, l.ra.RUnlock, l.ra.RUnlock, nesting(&l.ra)}
		}},
	})
}

// What a helper released is no longer in the held set of who acquired it.
func TestHandedOverIsNotHeld(t *testing.T) {
	for name, l := range map[string]lock{"Mutex": newMutex(), "RWMutex": newRWMutex()} {
		t.Run(name, func(t *testing.T) {
			w := detect(t)
			var b mutex.Mutex
			inTurn(func() {
				l.Lock()
				elsewhere(l.Unlock)
				nest(&b) // holds nothing
			}, nesting(&b, l))
			w.Want(nothing)
		})
	}
	t.Run("read side", func(t *testing.T) {
		w := detect(t)
		var b mutex.Mutex
		var rw mutex.RWMutex
		inTurn(func() {
			rw.RLock()
			elsewhere(rw.RUnlock)
			nest(&b)
		}, nesting(&b, &rw))
		w.Want(nothing)
	})
	t.Run("twin", func(t *testing.T) {
		w := detect(t)
		var a, b mutex.Mutex
		inTurn(func() {
			a.Lock()
			nest(&b)
			elsewhere(a.Unlock)
		}, nesting(&b, &a))
		w.Want(lockorder.Potential)
	})
}

// Nothing is left behind when every hold has been released by somebody else.
func TestHelpersLeaveNoHold(t *testing.T) {
	detect(t)
	var rw mutex.RWMutex
	const n = 8
	before := len(lockorder.Snapshot().Held)
	for range n {
		elsewhere(rw.RLock)
	}
	for range n {
		elsewhere(rw.RUnlock)
	}
	require.True(t, rw.TryLock())
	rw.Unlock()
	require.Len(t, lockorder.Snapshot().Held, before)
}

func TestMutexAsSemaphore(t *testing.T) {
	w := detect(t)
	var full, empty mutex.Mutex
	const rounds = 100
	slot, sum := 0, 0
	full.Lock() // nothing is in the slot
	var all sync.WaitGroup
	all.Go(func() {
		for i := range rounds {
			empty.Lock()
			slot = i
			full.Unlock()
		}
	})
	all.Go(func() {
		for range rounds {
			full.Lock()
			sum += slot
			empty.Unlock()
		}
	})
	all.Wait()
	require.Equal(t, rounds*(rounds-1)/2, sum)
	w.Want(nothing)
}

func TestBaton(t *testing.T) {
	w := detect(t)
	var baton [2]mutex.Mutex
	baton[0].Lock()
	baton[1].Lock()
	const rounds = 100
	var order []int
	var all sync.WaitGroup
	for i := range 2 {
		all.Go(func() {
			for range rounds {
				baton[i].Lock()
				order = append(order, i)
				baton[1-i].Unlock()
			}
		})
	}
	baton[0].Unlock()
	all.Wait()
	require.Len(t, order, 2*rounds)
	for i, who := range order {
		require.Equal(t, i%2, who)
	}
	w.Want(nothing)
}

// A goroutine that waits for a signal with another lock in hand, which nobody needs to signal.
func TestSemaphoreUnderALock(t *testing.T) {
	w := detect(t)
	var signal, m mutex.Mutex
	signal.Lock()
	var all sync.WaitGroup
	all.Go(func() {
		m.Lock()
		signal.Lock()
		m.Unlock()
	})
	waiters(t, 1)
	signal.Unlock()
	all.Wait()
	signal.Unlock()
	w.Want(nothing)
}
