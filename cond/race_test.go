package cond_test

import (
	"context"
	"flag"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/cond"
)

var races = flag.Int("races", 20_000, "cancel–signal races of TestCancelSignalRacesLoseNoSignal")

// TestCancelSignalRacesLoseNoSignal has two waiters, of which the first is cancelled at the very
// moment at which one Signal is sent. Whatever wins, exactly one Signal was consumed: by the first if it returns nil,
// else by the second. With a second Signal for who is left both must be back.
func TestCancelSignalRacesLoseNoSignal(t *testing.T) {
	var mu sync.Mutex
	c := cond.New(&mu)
	cancelled := 0
	for i := range *races {
		ctx, cancel := context.WithCancel(t.Context())
		bound, unbound := context.WithTimeout(t.Context(), patience)
		var first, second error
		var wg, ends sync.WaitGroup
		wg.Go(func() { mu.Lock(); first = c.WaitContext(ctx); mu.Unlock() })
		await(c, 1)
		secondBack := make(chan struct{})
		go func() { mu.Lock(); second = c.WaitContext(bound); mu.Unlock(); close(secondBack) }()
		await(c, 2)
		ends.Go(func() { yield(i % 3); cancel() })
		ends.Go(func() { yield(i / 3 % 3); c.Signal() })
		ends.Wait()
		wg.Wait()
		if first == nil {
			c.Signal()
		} else {
			cancelled++
		}
		<-secondBack
		unbound()
		require.NoError(t, second, "round %d: a signal was lost", i)
	}
	t.Logf("cancelled before the signal: %d of %d", cancelled, *races)
	require.Zero(t, c.Waiting())
}

// await waits until n calls are queued.
func await(c *cond.Cond, n int) {
	for began := time.Now(); c.Waiting() != n; {
		if time.Since(began) > patience {
			panic(fmt.Sprintf("%d calls wait instead of %d", c.Waiting(), n))
		}
		runtime.Gosched()
	}
}

func yield(n int) {
	for range n {
		runtime.Gosched()
	}
}

// TestTicketsAreAllUsed has many waiters that give up at random and many signals: each Signal that found a waiter woke one.
func TestTicketsAreAllUsed(t *testing.T) {
	var mu sync.Mutex
	c := cond.New(&mu)
	var waiters, signallers sync.WaitGroup
	items, taken := 0, 0
	over := false
	for i := range 8 {
		waiters.Go(func() {
			for {
				ctx, cancel := context.WithCancel(t.Context())
				if i%2 == 0 {
					go func() { yield(3); cancel() }()
				}
				mu.Lock()
				err := c.WaitFor(ctx, func() bool { return items > 0 || over })
				stop := over && items == 0
				if err == nil && items > 0 {
					items--
					taken++
				}
				mu.Unlock()
				cancel()
				if stop {
					return
				}
			}
		})
	}
	for range 4 {
		signallers.Go(func() {
			for range 2000 {
				mu.Lock()
				items++
				mu.Unlock()
				c.Signal()
			}
		})
	}
	signallers.Wait()
	mu.Lock()
	over = true
	mu.Unlock()
	c.Broadcast()
	waiters.Wait()
	require.Equal(t, 4*2000, taken)
	require.Zero(t, c.Waiting())
}
