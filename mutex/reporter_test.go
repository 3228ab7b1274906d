//go:build !interlock_off

//lint:file-ignore SA2001 what is tried is locking, not what is locked

package mutex_test

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/goroutine"
	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

// repeats is how often the only finding was made again.
func repeats(t *testing.T) uint64 {
	t.Helper()
	found := lockorder.Snapshot().Findings
	require.Len(t, found, 1)
	return found[0].Repeats
}

func TestOneInversionAMillionTimes(t *testing.T) {
	w := detect(t)
	var a, b mutex.Mutex
	forth, back := nesting(&a, &b), nesting(&b, &a)
	each := 50_000
	if !goroutine.Direct {
		each = 1_000 // to find out which goroutine runs costs a microsecond there
	}
	for range 10 {
		elsewhere(func() {
			for range each {
				forth()
			}
		})
		elsewhere(func() {
			for range each {
				back()
			}
		})
	}
	w.Only(lockorder.Potential)
	require.Len(t, lockorder.Snapshot().Findings, 1)
}

func TestOneInversionOfManyLocks(t *testing.T) {
	w := detect(t)
	const n = 2_000
	for range n {
		a, b := new(mutex.Mutex), new(mutex.Mutex)
		elsewhere(nesting(a, b))
		elsewhere(nesting(b, a))
	}
	w.Only(lockorder.Potential)
	require.EqualValues(t, n-1, repeats(t), "the lines to change are the same")
}

func TestTwoInversionsAreTwoReports(t *testing.T) {
	w := detect(t)
	var a, b, c, d mutex.Mutex
	for range 10 {
		elsewhere(func() { nest(&a, &b) })
		elsewhere(func() { nest(&b, &a) })
		elsewhere(func() { nest(&c, &d) })
		elsewhere(func() { nest(&d, &c) })
	}
	all := w.All()
	require.Len(t, all, 2)
	require.NotEqual(t, all[0].ID, all[1].ID)
}

func TestHandlerMayLock(t *testing.T) {
	w := detect(t)
	var a, b, own mutex.Mutex
	var rw mutex.RWMutex
	lockorder.SetHandler(func(r lockorder.Report) {
		nest(&own, &rw)
		nest(&a) // what is being asked for
		nest(&own, rw.RLocker())
		w.Take(r)
	})
	inTurn(nesting(&a, &b), nesting(&b, &a))
	require.Len(t, w.Only(lockorder.Potential).Edges, 2)
	usable(t, &a, &rw)
	usable(t, &b, &rw)
	usable(t, &own, &rw)
}

// A handler that itself locks in both orders is told of that, too, and of nothing twice.
func TestHandlerMayBeWrongItself(t *testing.T) {
	w := detect(t)
	var a, b, c, d mutex.Mutex
	first := true
	lockorder.SetHandler(func(r lockorder.Report) {
		w.Take(r)
		if first { // only then: told of d and c, it has d in hand itself
			first = false
			inTurn(nesting(&c, &d), nesting(&d, &c))
		}
	})
	inTurn(nesting(&a, &b), func() {
		b.Lock()
		a.Lock()
		a.Unlock()
		b.Unlock()
	})
	require.Len(t, w.All(), 2)
}

func TestHandlerMayPanic(t *testing.T) {
	w := detect(t)
	heldBefore := len(lockorder.Snapshot().Held) // by tests whose goroutines left locks locked
	var a, b mutex.Mutex
	var rw mutex.RWMutex
	lockorder.SetHandler(func(r lockorder.Report) {
		w.Take(r)
		panic("handler")
	})
	elsewhere(nesting(&a, &b))
	elsewhere(func() {
		b.Lock()
		defer b.Unlock()
		require.PanicsWithValue(t, "handler", a.Lock)
	})
	w.Only(lockorder.Potential)
	usable(t, &a, &rw)
	usable(t, &b, &rw)
	require.Empty(t, lockorder.Snapshot().Waits)
	require.Len(t, lockorder.Snapshot().Held, heldBefore)
}

func TestHandlerMayPanicInADeadlock(t *testing.T) {
	w := detect(t)
	var a mutex.Mutex
	var rw mutex.RWMutex
	lockorder.SetHandler(func(r lockorder.Report) {
		w.Take(r)
		panic("handler")
	})
	elsewhere(func() {
		a.Lock()
		defer a.Unlock()
		require.PanicsWithValue(t, "handler", a.Lock)
	})
	w.Only(lockorder.Deadlock)
	usable(t, &a, &rw)
	require.Empty(t, lockorder.Snapshot().Waits)
}

func TestHandlerMayEndTheGoroutine(t *testing.T) {
	w := detect(t)
	var a, b mutex.Mutex
	var rw mutex.RWMutex
	lockorder.SetHandler(func(r lockorder.Report) {
		w.Take(r)
		runtime.Goexit()
	})
	elsewhere(nesting(&a, &b))
	elsewhere(func() {
		b.Lock()
		defer b.Unlock()
		a.Lock()
		panic("unreachable")
	})
	w.Only(lockorder.Potential)
	usable(t, &a, &rw)
	usable(t, &b, &rw)
}

func init() {
	inversion := func() {
		var a, b mutex.Mutex
		inTurn(nesting(&a, &b), nesting(&b, &a))
		fmt.Println("went on")
	}
	children["inversion"] = inversion
	children["handler exits"] = func() {
		lockorder.SetHandler(func(r lockorder.Report) {
			fmt.Println(r.Tier)
			os.Exit(9)
		})
		inversion()
	}
}

func TestHandlerMayExit(t *testing.T) {
	out, code := child(t, "handler exits", "")
	require.Equal(t, 9, code, out)
	require.Equal(t, "potential\n", out)
}

func TestWithoutAHandler(t *testing.T) {
	out, code := child(t, "inversion", "")
	require.Zero(t, code)
	require.Regexp(t, `^interlock: potential: `, out)
	require.Contains(t, out, "went on")

	out, code = child(t, "inversion", "halt_on_error=1")
	require.Equal(t, 66, code)
	require.NotContains(t, out, "went on")

	out, code = child(t, "inversion", "tiers=deadlock")
	require.Zero(t, code)
	require.Equal(t, "went on\n", out)
}

// Handlers of several goroutines run at once; none waits for another.
func TestHandlersRunSideBySide(t *testing.T) {
	detect(t)
	var inside, all sync.WaitGroup
	var calls atomic.Int32
	inside.Add(2)
	lockorder.SetHandler(func(lockorder.Report) {
		calls.Add(1)
		inside.Done()
		inside.Wait()
	})
	var l [4]mutex.Mutex
	inTurn(func() { nest(&l[0], &l[1]) }, func() { nest(&l[2], &l[3]) })
	all.Go(func() { nest(&l[1], &l[0]) })
	all.Go(func() { nest(&l[3], &l[2]) })
	all.Wait()
	require.EqualValues(t, 2, calls.Load())
}

// A lock that was never asked for with another in hand has its right type in reports all the same.
func TestTypeOfWhatIsOnlyHeld(t *testing.T) {
	w := detect(t)
	var gate mutex.Mutex
	var outer mutex.RWMutex
	var once mutex.Once
	var a, b mutex.Mutex
	for _, inner := range []func(){nesting(&a, &b), nesting(&b, &a)} {
		elsewhere(func() {
			gate.Lock()
			defer gate.Unlock()
			outer.Lock()
			defer outer.Unlock()
			inner()
		})
	}
	w.Only(lockorder.Guarded)
	var types []string
	for _, h := range lockorder.Snapshot().Findings[0].Report.Edges[0].Held {
		types = append(types, h.Lock.Type)
	}
	require.Equal(t, []string{"Mutex", "RWMutex", "Mutex"}, types)

	elsewhere(func() { once.Do(nesting(&a, &gate)) })
	for _, d := range lockorder.Snapshot().Orders {
		if d.Want.Lock.Type == "Mutex" && len(d.Held) == 1 && d.Held[0].Lock.Type == "Once" {
			return
		}
	}
	require.Fail(t, "no order under a Once")
}
