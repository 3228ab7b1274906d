//go:build !interlock_off

package pi_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/reported"
	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
	"github.com/interlock-go/interlock/pi"
)

// A report handler that panics or exits, of a ring through a pi.Mutex and another lock, ends the call that closed the ring. The task
// has its slot again and not the Mutex, even if that has been handed to it meanwhile.
func TestHandlerThatDoesNotReturnEndsTheCall(t *testing.T) {
	for how, end := range reported.Leavings {
		for _, granted := range []bool{false, true} {
			t.Run(how, func(t *testing.T) { endedByHandler(t, end, granted) })
		}
	}
}

func endedByHandler(t *testing.T, end func(), granted bool) {
	reported.During(t)
	e := pi.NewExecutor(pi.WithSlots(2))
	var m pi.Mutex
	var x mutex.Mutex
	var both sync.WaitGroup
	both.Add(2)
	aWaits, free := make(chan struct{}), make(chan struct{})
	lockorder.SetHandler(func(r lockorder.Report) {
		if r.Tier != lockorder.Deadlock {
			return
		}
		if granted {
			x.Unlock()
			<-free
		}
		end()
	})
	e.Go(t.Context(), 1, func(_ ctx, a *pi.Task) {
		m.Lock(a)
		both.Done()
		both.Wait()
		a.Block(x.Lock)
		x.Unlock()
		m.Unlock(a)
		close(free)
	})
	returned := false
	e.Go(t.Context(), 2, func(_ ctx, b *pi.Task) {
		x.Lock()
		both.Done()
		both.Wait()
		<-aWaits
		defer func() {
			_ = recover()
			if !granted {
				x.Unlock()
			}
			b.Checkpoint()
			m.Lock(b) // waits for who has it: nobody, or A
			m.Unlock(b)
		}()
		m.Lock(b)
		returned = true
	})
	require.Eventually(t, blocked(1), ringPatience, time.Millisecond)
	close(aWaits)
	bound, cancel := context.WithTimeout(t.Context(), ringPatience)
	defer cancel()
	require.NoError(t, e.Shutdown(bound))
	require.False(t, returned)
	require.Empty(t, lockorder.Snapshot().Waits)
}

// The call has been handed the Mutex by a task that ended without unlocking it, when its handler does not return: whoever gets it next is told,
// be it that somebody waits for it or asks for it later.
func TestHandlerThatDoesNotReturnPassesOnThatTheOwnerExited(t *testing.T) {
	for _, waited := range []bool{false, true} {
		reported.During(t)
		e := pi.NewExecutor(pi.WithSlots(3))
		var m pi.Mutex
		var x mutex.Mutex
		var both sync.WaitGroup
		both.Add(2)
		aWaits := make(chan struct{})
		a := e.Go(t.Context(), 1, func(_ ctx, a *pi.Task) {
			m.Lock(a)
			both.Done()
			both.Wait()
			a.Block(x.Lock)
			x.Unlock()
		})
		var told []error
		lock := func(task *pi.Task) {
			told = append(told, m.LockContext(t.Context(), task)) // with m held
			m.Unlock(task)
		}
		asks := make(chan struct{})
		if waited {
			e.Go(t.Context(), 1, func(_ ctx, c *pi.Task) {
				<-asks
				lock(c)
			})
		}
		lockorder.SetHandler(func(r lockorder.Report) {
			if r.Tier != lockorder.Deadlock {
				return
			}
			if waited {
				close(asks)
				require.Eventually(t, func() bool {
					waiting := 0
					for _, task := range e.Snapshot().Tasks {
						if task.State == pi.Waiting {
							waiting++
						}
					}
					return waiting == 2
				}, ringPatience, time.Millisecond)
			}
			x.Unlock()
			<-a.Done()
			panic("handler")
		})
		e.Go(t.Context(), 2, func(_ ctx, b *pi.Task) {
			x.Lock()
			both.Done()
			both.Wait()
			<-aWaits
			defer func() {
				_ = recover()
				lock(b)
				lock(b)
			}()
			m.Lock(b)
		})
		require.Eventually(t, blocked(1), ringPatience, time.Millisecond)
		close(aWaits)
		bound, cancel := context.WithTimeout(t.Context(), ringPatience)
		defer cancel()
		require.NoError(t, e.Shutdown(bound))
		require.Equal(t, pi.ErrOwnerExited, told[0])
		for _, err := range told[1:] {
			require.NoError(t, err, "told once")
		}
	}
}
