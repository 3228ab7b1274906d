package bbuf_test

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/bbuf"
)

// A call that was woken begins to run, and another still waits in front of a full ring. Whoever comes between must not
// take that for an empty one.
func TestTryGetFindsItemsWhileAWokenCallBeginsToRun(t *testing.T) {
	const size = 2
	for range 200 {
		b := bbuf.Open[int](size, false)
		var all sync.WaitGroup
		all.Go(func() { _, _ = b.Get(t.Context()) })
		eventuallyWaiting(t, b, 0, 1)
		runs := b.Woken()
		for i := range size {
			require.NoError(t, b.TryPut(i))
		}
		all.Go(func() { _ = b.Put(t.Context(), size) })
		eventuallyWaiting(t, b, 1, 1)

		release := b.HoldPut() // both come as far as here
		var err error
		all.Go(runs)
		yield()
		all.Go(func() { _, err = b.TryGet() })
		yield()
		release()
		all.Wait()
		require.NoError(t, err)
	}
}

func eventuallyWaiting(t *testing.T, b *bbuf.Buffer[int], puts, gets int) {
	t.Helper()
	for began := time.Now(); ; {
		put, get := b.Waiting()
		if put == puts && get == gets {
			return
		}
		require.Less(t, time.Since(began), patience, "%d wait to put and %d to get, instead of %d and %d", put, get, puts, gets)
		runtime.Gosched()
	}
}

func yield() {
	for range 50 {
		runtime.Gosched()
	}
}

// A closed buffer has nothing to wait for, not even that those run who were woken.
func TestGetFromAClosedBufferDoesNotWaitForWokenCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bbuf.Open[int](2, false)
		runs := b.Woken()
		b.Close()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := b.Get(ctx)
		require.ErrorIs(t, err, bbuf.ErrClosed)
		_, err = b.GetN(ctx, make([]int, 1))
		require.ErrorIs(t, err, bbuf.ErrClosed)
		runs()
	})
}
