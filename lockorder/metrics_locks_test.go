//go:build !interlock_off

package lockorder_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/cond"
	"github.com/interlock-go/interlock/internal/reported"
	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

// The numbers of the engine are those of real locks.
func TestMetricsOfLocks(t *testing.T) {
	reported.During(t)
	var outer, inner mutex.Mutex
	before := lockorder.ReadMetrics()
	outer.Lock()
	inner.Lock()
	m := lockorder.ReadMetrics()
	require.Equal(t, []uint64{2, 2, 1, 0},
		[]uint64{m.Held - before.Held, m.Locks - before.Locks, m.Dependencies - before.Dependencies, m.Waits - before.Waits})

	done := make(chan bool)
	go func() {
		inner.Lock()
		defer inner.Unlock()
		close(done)
	}()
	require.Eventually(t, func() bool { return lockorder.ReadMetrics().Waits == before.Waits+1 }, 10*time.Second, time.Millisecond)
	inner.Unlock()
	outer.Unlock()
	<-done

	c := cond.New(&inner)
	for range 3 { // a wait with the outer lock held is a hazard each time, and reported once
		var waiter sync.WaitGroup
		waiter.Go(func() {
			outer.Lock()
			defer outer.Unlock()
			inner.Lock()
			defer inner.Unlock()
			_ = c.WaitUntil(time.Now().Add(time.Millisecond))
		})
		waiter.Wait()
	}
	m = lockorder.ReadMetrics()
	require.Equal(t, uint64(1), m.Findings[lockorder.Hazard])
	require.Equal(t, uint64(2), m.Repeats)
	require.Equal(t, uint64(2), lockorder.Snapshot().Findings[0].Repeats)
}
