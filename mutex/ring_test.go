//go:build !interlock_off

package mutex_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

// Here all members ask at once, so that several look for the ring at the same time, and one of
// them may look while it is being broken. Each goroutine takes one lock and asks for the next one's. The ring is broken afterwards by
// a release from outside, which is legal.
func TestRingIsReportedOnceWithEveryGoroutine(t *testing.T) {
	for n := 2; n <= 64; n++ {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			reports := make(chan lockorder.Report, 100)
			lockorder.SetHandler(func(r lockorder.Report) {
				if r.Tier == lockorder.Deadlock {
					reports <- r
				}
			})
			defer lockorder.SetHandler(nil)
			locks := make([]mutex.Mutex, n)
			var holding, done sync.WaitGroup
			holding.Add(n)
			for i := range locks {
				done.Go(func() {
					locks[i].Lock()
					holding.Done()
					holding.Wait()
					next := &locks[(i+1)%n]
					next.Lock()
					defer next.Unlock()
					if i != 0 {
						locks[i].Unlock()
					}
				})
			}
			select {
			case r := <-reports:
				require.Len(t, r.Edges, n)
				for _, e := range r.Edges {
					require.NotEmpty(t, e.Want.Stack)
				}
			case <-time.After(5 * time.Second):
				require.Fail(t, "not reported")
			}
			locks[0].Unlock()
			done.Wait()
			require.Empty(t, reports, "told once")
		})
	}
}
