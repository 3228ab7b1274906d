//go:build !interlock_off

package lockhttp_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

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

// The names of the fields are promised.
func TestTheFieldsOfWaitsAreStable(t *testing.T) {
	data, err := json.Marshal(lockhttp.Wait{Wait: lockorder.Wait{Holders: []uint64{1}, Wakers: []lockorder.Waker{{Goroutine: 2}}}, Held: []lockorder.Hold{{}}})
	require.NoError(t, err)
	require.JSONEq(t, `{
		"goroutine": 0, "seq": 0, "want": {"lock": {"id": 0, "type": ""}}, "holders": [1], "wakers": [{"goroutine": 2}],
		"held": [{"lock": {"id": 0, "type": ""}}], "in_ring": false, "seconds": 0
	}`, string(data))
}
