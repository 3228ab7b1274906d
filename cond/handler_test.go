//go:build !interlock_off

package cond_test

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/cond"
	"github.com/interlock-go/interlock/internal/reported"
	"github.com/interlock-go/interlock/internal/wakers"
	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

// waits are all ways to wait.
func waits(t *testing.T, c *cond.Cond) map[string]func() {
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	return map[string]func(){
		"Wait":                   c.Wait,
		"WaitContext":            func() { _ = c.WaitContext(ctx) },
		"WaitContext Background": func() { _ = c.WaitContext(context.Background()) },
		"WaitUntil":              func() { _ = c.WaitUntil(time.Now().Add(time.Hour)) },
		"WaitFor":                func() { _ = c.WaitFor(ctx, func() bool { return false }) },
	}
}

// left calls wait, which a report handler ends, with other and L held, and tells whether L was held afterwards.
func left(c *cond.Cond, other *mutex.Mutex, wait func()) (held bool) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		other.Lock()
		defer other.Unlock()
		c.L.Lock()
		defer func() {
			_ = recover()
			if held = wakers.Holds(c.L); held {
				c.L.Unlock()
			}
		}()
		wait()
	}()
	<-done
	return held
}

// The handler of the hazard, another lock kept while waiting, does not come back.
func TestHandlerThatDoesNotReturnEndsTheWait(t *testing.T) {
	for how, end := range reported.Leavings {
		for name := range waits(t, cond.New(nil)) {
			t.Run(name+" "+how, func(t *testing.T) {
				reported.During(t)
				var m, other mutex.Mutex
				c := cond.New(&m)
				called := false
				lockorder.SetHandler(func(lockorder.Report) { called = true; end() })
				require.True(t, left(c, &other, waits(t, c)[name]))
				require.True(t, called)
				require.Zero(t, c.Waiting())
				signalReaches(t, c)
			})
		}
	}
}

// signalReaches holds that the next Signal wakes the next who waits.
func signalReaches(t *testing.T, c *cond.Cond) {
	t.Helper()
	woken := make(chan struct{})
	go func() {
		c.L.Lock()
		defer c.L.Unlock()
		c.Wait()
		close(woken)
	}()
	await(c, 1)
	c.Signal()
	select {
	case <-woken:
	case <-time.After(patience):
		t.Fatal("the signal is lost")
	}
}

// The handler of a certain ring does not come back: the only signaller waits for the lock that the waiter has kept.
func TestHandlerOfARingThatDoesNotReturnEndsTheWait(t *testing.T) {
	for how, end := range reported.Leavings {
		t.Run(how, func(t *testing.T) {
			reported.During(t)
			var m, other mutex.Mutex
			c := cond.New(&m)
			rings := 0
			lockorder.SetHandler(func(r lockorder.Report) {
				if r.Tier == lockorder.Deadlock {
					rings++
					end()
				}
			})
			var wg sync.WaitGroup
			registered, held := make(chan struct{}), make(chan struct{})
			wg.Go(func() {
				defer c.Signaller()()
				close(registered)
				<-held
				pass(&other)
			})
			<-registered
			require.True(t, left(c, &other, func() {
				close(held)
				for len(lockorder.Snapshot().Waits) == 0 {
					runtime.Gosched()
				}
				c.Wait()
			}))
			require.Equal(t, 1, rings)
			wg.Wait()
			require.Zero(t, c.Waiting())
			require.Empty(t, lockorder.Snapshot().Waits)
			signalReaches(t, c)
		})
	}
}

// A Signal that comes while the handler runs belongs to the first waiter. When that one does not wait after all, it is the next one's.
func TestSignalDuringTheHandlerIsPassedOn(t *testing.T) {
	for how, end := range reported.Leavings {
		t.Run(how, func(t *testing.T) {
			reported.During(t)
			var m, other mutex.Mutex
			c := cond.New(&m)
			second := make(chan struct{})
			lockorder.SetHandler(func(lockorder.Report) {
				go func() {
					defer close(second)
					m.Lock()
					defer m.Unlock()
					c.Wait()
				}()
				await(c, 2)
				c.Signal()
				end()
			})
			require.True(t, left(c, &other, c.Wait))
			select {
			case <-second:
			case <-time.After(patience):
				t.Fatal("the signal is lost")
			}
			require.Zero(t, c.Waiting())
		})
	}
}

// A Signal that comes while the handler runs wakes the call if the handler returns.
func TestSignalDuringTheHandlerWakes(t *testing.T) {
	reported.During(t)
	var m, other mutex.Mutex
	c := cond.New(&m)
	lockorder.SetHandler(func(lockorder.Report) { c.Signal() })
	require.True(t, left(c, &other, c.Wait))
	require.Zero(t, c.Waiting())
}
