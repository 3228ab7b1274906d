//go:build !interlock_off

package mutex_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/goroutine"
	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

// shortLived is how many pairs of locks a flood is.
var shortLived = map[bool]int{
	true:  100_000,
	false: 20_000, // to find out which goroutine runs costs a microsecond there
}[goroutine.Direct]

// flood nests many locks that live for a moment.
func flood() {
	for range shortLived {
		nest(new(mutex.Mutex), new(mutex.Mutex))
	}
}

func TestOrderOutlivesAFlood(t *testing.T) {
	w := detect(t)
	var a, b mutex.Mutex
	inTurn(func() { nest(&a, &b) }, flood)
	w.Want(nothing)
	elsewhere(func() { nest(&b, &a) })
	w.Only(lockorder.Potential)
}

func TestOrderOutlivesAFloodInOneOrder(t *testing.T) {
	w := detect(t)
	var a, b mutex.Mutex
	inTurn(func() { nest(&a, &b) }, flood, func() { nest(&a, &b) })
	w.Want(nothing)
}

func init() {
	children["flood"] = func() {
		var a, b mutex.Mutex
		lockorder.SetHandler(func(r lockorder.Report) { fmt.Println(r.Tier) })
		elsewhere(func() {
			a.Lock()
			nest(&b)
			a.Unlock()
		})
		keep := make([]*mutex.Mutex, 2*shortLived) // alive, so that only the bound makes room
		elsewhere(func() {
			for i := 0; i < len(keep); i += 2 {
				keep[i], keep[i+1] = new(mutex.Mutex), new(mutex.Mutex)
				nest(keep[i], keep[i+1])
			}
		})
		s := lockorder.Snapshot()
		fmt.Println(len(s.Orders), s.Stats.Aged > 0)
		elsewhere(func() { nest(&b, &a) })
		runtime.KeepAlive(keep)
	}
}

func TestOrderOutlivesAFloodAtTheBound(t *testing.T) {
	out, code := child(t, "flood", "max_orders=100")
	require.Zero(t, code, out)
	require.Equal(t, "100 true\npotential\n", out)
}
