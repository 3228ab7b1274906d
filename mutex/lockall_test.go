//go:build !interlock_off

package mutex_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

// LockAll may come to wait for any of its locks, also for those that it got by trying.
func TestOrderOfEachLockOfLockAll(t *testing.T) {
	var l [3]mutex.Mutex
	for i := range l {
		w := detect(t)
		var outer mutex.Mutex
		elsewhere(nesting(&l[i], &outer))
		elsewhere(func() {
			outer.Lock()
			defer outer.Unlock()
			unlock, err := mutex.LockAll(t.Context(), &l[0], &l[1], &l[2])
			require.NoError(t, err)
			unlock()
		})
		w.Only(lockorder.Potential)
	}
}

// While it waits for one it holds none of the others, so they are in no order among themselves.
func TestLocksOfLockAllAreInNoOrder(t *testing.T) {
	w := detect(t)
	var l [3]mutex.Mutex
	elsewhere(func() {
		unlock, err := mutex.LockAll(t.Context(), &l[0], &l[1], &l[2])
		require.NoError(t, err)
		unlock()
	})
	var back []sync.Locker
	for i := range l {
		back = append(back, &l[len(l)-1-i])
	}
	elsewhere(nesting(back...))
	w.Want(nothing)
}
