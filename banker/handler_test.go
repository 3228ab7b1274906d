//go:build !interlock_off

package banker_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/banker"
	"github.com/interlock-go/interlock/internal/reported"
	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

// A report handler that panics or exits, of the hazard to wait with a lock held, ends the call: no unit goes to it later, and one that
// went to it meanwhile is given back.
func TestHandlerThatDoesNotReturnEndsTheCall(t *testing.T) {
	calls := map[string]func(j *banker.Job) error{
		"Acquire":     func(j *banker.Job) error { return j.Acquire(within(t), banker.Of("gpu", 1)) },
		"AcquireRest": func(j *banker.Job) error { return j.AcquireRest(within(t)) },
	}
	for how, end := range reported.Leavings {
		for name, call := range calls {
			for granted := range 2 {
				t.Run(name+" "+how, func(t *testing.T) {
					reported.During(t)
					b := open(t, banker.Capacity{"gpu": 1})
					holder, waiter := register(t, b, "holder", banker.Of("gpu", 1)), register(t, b, "waiter", banker.Of("gpu", 1))
					require.NoError(t, holder.TryAcquire(banker.Of("gpu", 1)))
					lockorder.SetHandler(func(lockorder.Report) {
						if granted == 1 {
							holder.Close()
						}
						end()
					})
					done, returned := make(chan struct{}), false
					go func() {
						defer close(done)
						defer func() { _ = recover() }()
						var mu mutex.Mutex
						mu.Lock()
						defer mu.Unlock()
						_ = call(waiter)
						returned = true
					}()
					<-done
					require.False(t, returned)
					require.Empty(t, b.Snapshot().Waiting)
					holder.Close()
					require.Equal(t, []int64{1}, b.Snapshot().Available)
					balanced(t, b.Snapshot())
					require.NoError(t, waiter.TryAcquire(banker.Of("gpu", 1)), "the job is none the worse")
				})
			}
		}
	}
}
