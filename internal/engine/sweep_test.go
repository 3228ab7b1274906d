package engine

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// Who is looked at every second makes locks without end meanwhile.
func TestSnapshotKeepsNothingOfLocksThatAreGone(t *testing.T) {
	for name, look := range map[string]func(){
		"Snapshot":  func() { Snapshot() },
		"HeldLocks": func() { HeldLocks() },
	} {
		t.Run(name, func(t *testing.T) {
			afresh(t)
			r := Enter()
			var a, b Core
			r.nest(10, &a, &b)
			before := len(Snapshot().Locks)
			for range 1000 {
				c := new(Core)
				r.take(c, 1)
				look()
				require.True(t, r.drop(c))
			}
			require.LessOrEqual(t, eng.locks.byID.Len(), before+1)
			after := len(Snapshot().Locks)
			require.LessOrEqual(t, after, before, "another test's may have been collected meanwhile")
			require.GreaterOrEqual(t, after, 2, "what took part in an order is kept")
			runtime.KeepAlive(&a)
			runtime.KeepAlive(&b)
		})
	}
}

func TestHeldLockKeepsItsNumberFromSnapshotToSnapshot(t *testing.T) {
	afresh(t)
	r := Enter()
	var c Core
	r.take(&c, 1)
	first := heldBy(self())
	require.Len(t, first, 1)
	Snapshot()
	require.Equal(t, first, heldBy(self()))
	require.True(t, r.drop(&c))
}

func TestRefusedRingsAreNotRemembered(t *testing.T) {
	afresh(t)
	r := Enter()
	before, found := eng.locks.byID.Len(), eng.found.Len()
	wake := make(chan struct{}, 1)
	for range 10 * sweepEvery {
		c := new(Core)
		r.take(c, 1)
		q := Request{Core: c, Seen: c.Seen(), For: ForMutex, PC: 2}
		f := r.BlockRefusable(&q, wake)
		require.NotNil(t, f)
		require.True(t, f.Refused)
		r.UnblockRefusable()
		require.True(t, r.drop(c))
	}
	require.LessOrEqual(t, eng.locks.byID.Len(), before+2*sweepEvery)
	require.Equal(t, found, eng.found.Len())
}
