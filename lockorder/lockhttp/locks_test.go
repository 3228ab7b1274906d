//go:build !interlock_off

package lockhttp_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/banker"
	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/lockorder/lockhttp"
	"github.com/interlock-go/interlock/mutex"
)

// A goroutine waits for the test's lock with one of its own in hand, and the two were
// locked in the other order before.
func TestAWaitIsShownEverywhere(t *testing.T) {
	lockorder.SetHandler(func(lockorder.Report) {})
	defer lockorder.SetHandler(nil)
	h := lockhttp.Handler()
	var mine, other mutex.Mutex
	mutex.SetClass(&mine, lockorder.NewClass("mine "+hostile))
	mutex.SetClass(&other, lockorder.NewClass("other"))
	mine.Lock()
	other.Lock()
	//lint:ignore SA2001 what counts is the order
	other.Unlock()
	done := make(chan bool)
	go func() {
		other.Lock()
		mine.Lock()
		//lint:ignore SA2001 what counts is the order
		mine.Unlock()
		other.Unlock()
		close(done)
	}()
	require.Eventually(t, func() bool { return len(decode[lockhttp.Waits](t, h, "waits").Waits) == 1 }, patience, time.Millisecond)

	waits := decode[lockhttp.Waits](t, h, "waits")
	require.Empty(t, waits.Rings)
	w := waits.Waits[0]
	require.Equal(t, "mine "+hostile, w.Want.Lock.Class)
	require.Len(t, w.Holders, 1)
	require.Len(t, w.Held, 1)
	require.Equal(t, "other", w.Held[0].Lock.Class)
	require.Len(t, w.Locked, 1)
	require.Equal(t, w.Holders[0], w.Locked[0].Goroutine)
	require.Equal(t, w.Want.Lock.ID, w.Locked[0].Hold.Lock.ID)
	require.False(t, w.InRing)
	shown := page(t, h, "")
	require.Contains(t, shown, "1 goroutine waits, nobody in a ring")
	require.Contains(t, shown, "locks_test.go:")

	times := decode[lockhttp.Times](t, h, "times")
	require.Len(t, times.Waits, 1)
	require.Len(t, times.Holds, 2)
	require.False(t, times.Since.IsZero())

	orders := decode[lockhttp.Orders](t, h, "orders")
	require.Len(t, orders.Orders, 2)
	require.Len(t, orders.Findings, 1)
	require.Equal(t, lockorder.Potential, orders.Findings[0].Report.Tier)
	for _, view := range []string{"", "orders", "times"} {
		require.NotContains(t, page(t, h, view), hostile)
		require.Contains(t, page(t, h, view), "&lt;script&gt;")
	}
	require.Contains(t, page(t, h, "orders"), "<svg")
	mine.Unlock()
	<-done
}

// Who waits for the units of a banker waits for the same thing, each with wakers of its own.
func TestWaitsForABankerAreForOneThing(t *testing.T) {
	h := lockhttp.Handler()
	b, err := banker.New(banker.Capacity{"gpu": 1, "cpu": 1}, banker.WithName("pool"))
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	hold := func(resource string) (end func()) {
		got := make(chan bool)
		wait := leave(1, func() {
			_ = banker.Do(context.Background(), b, resource+" holder", []banker.Amount{banker.Of(resource, 1)}, func(j *banker.Job) error {
				err := j.AcquireRest(context.Background())
				got <- true
				<-ctx.Done()
				return err
			})
		})
		<-got
		return wait
	}
	ends := []func(){hold("gpu"), hold("cpu")}
	for _, resource := range []string{"gpu", "cpu"} {
		ends = append(ends, leave(1, func() {
			_ = banker.Do(ctx, b, resource, []banker.Amount{banker.Of(resource, 1)}, func(j *banker.Job) error { return j.AcquireRest(ctx) })
		}))
	}
	var waits []lockhttp.Wait
	require.Eventually(t, func() bool {
		waits = decode[lockhttp.Waits](t, h, "waits").Waits
		return len(waits) == 2 && len(waits[0].Wakers) == 1 && len(waits[1].Wakers) == 1
	}, patience, time.Millisecond)
	require.Equal(t, waits[0].Want.Lock, waits[1].Want.Lock)
	require.Equal(t, "pool", waits[0].Want.Lock.Class)
	require.NotEqual(t, waits[0].Wakers, waits[1].Wakers)
	require.Equal(t, waits[0].Want.Lock, decode[lockhttp.Waits](t, h, "waits").Waits[0].Want.Lock, "from look to look")
	cancel()
	for _, end := range ends {
		end()
	}
}

// The names of the fields are promised.
func TestTheFieldsOfWaitsAreStable(t *testing.T) {
	data, err := json.Marshal(lockhttp.Wait{Wait: lockorder.Wait{Holders: []uint64{1}, Wakers: []lockorder.Waker{{Goroutine: 2}}}, Held: []lockorder.Hold{{}}, Locked: []lockorder.HeldLock{{}}})
	require.NoError(t, err)
	require.JSONEq(t, `{
		"goroutine": 0, "seq": 0, "want": {"lock": {"id": 0, "type": ""}}, "holders": [1], "wakers": [{"goroutine": 2}],
		"held": [{"lock": {"id": 0, "type": ""}}], "locked": [{"goroutine": 0, "finished": false, "hold": {"lock": {"id": 0, "type": ""}}}], "in_ring": false, "seconds": 0
	}`, string(data))
}
