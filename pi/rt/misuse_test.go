package rt_test

import (
	"context"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/pi/rt"
)

func TestMisusePanics(t *testing.T) {
	c := newCrew(t)
	var held rt.Mutex
	_, gate := c.owner(10, &held)
	var gone *rt.Thread
	dead(t, c.run(10, func(th *rt.Thread) {
		gone = th
		_ = new(rt.Mutex).Lock(th) // what is left behind orders the end before the start of the next thread
	}))
	const notOwn = "rt: a Thread is used on another thread than its own"
	for want, fn := range map[string]func(*rt.Thread){
		"rt: Unlock of unlocked Mutex":                                     func(th *rt.Thread) { new(rt.Mutex).Unlock(th) },
		"rt: Unlock by a thread that does not own the Mutex":               func(th *rt.Thread) { held.Unlock(th) },
		"rt: Unlock of a copied Mutex":                                     unlockCopy,
		"rt: TryLock with a nil Thread":                                    func(*rt.Thread) { held.TryLock(nil) },
		"rt: TryLock with a Thread whose function has returned":            func(*rt.Thread) { new(rt.Mutex).TryLock(gone) },
		"rt: Lock with a Thread whose function has returned":               func(*rt.Thread) { _ = new(rt.Mutex).Lock(gone) },
		"rt: Unlock with a Thread whose function has returned":             func(*rt.Thread) { held.Unlock(gone) },
		"rt: LockContext with a nil Thread":                                func(*rt.Thread) { _ = held.LockContext(t.Context(), nil) },
		"rt: LockContext: nil context":                                     func(th *rt.Thread) { _ = held.LockContext(nilContext, th) },
		"runtime error: invalid memory address or nil pointer dereference": func(*rt.Thread) { _ = held.Lock(nil) },
	} {
		said := c.panics(fn)
		if err, ok := said.(error); ok {
			said = err.Error()
		}
		require.Equal(t, want, said)
	}
	// Where it would make the kernel act for the wrong thread, the handle of another is refused, too.
	other := make(chan *rt.Thread, 1)
	stay := newGate(t)
	c.run(10, func(th *rt.Thread) {
		other <- th
		stay.wait()
	})
	th := <-other
	require.Equal(t, notOwn, c.panics(func(*rt.Thread) { _ = held.Lock(th) }))
	require.Equal(t, notOwn, c.panics(func(*rt.Thread) { _ = held.LockDeadline(th, time.Now()) }))
	stay.open()
	gate.open()
	c.join()
}

var nilContext context.Context

func unlockCopy(th *rt.Thread) {
	var m rt.Mutex
	_ = m.Lock(th)
	defer m.Unlock(th)
	copied := *(*[unsafe.Sizeof(m)]byte)(unsafe.Pointer(&m)) // as m would be, if go vet let us
	(*rt.Mutex)(unsafe.Pointer(&copied)).Unlock(th)
}

func TestGoRefusesBadArguments(t *testing.T) {
	require.PanicsWithValue(t, "rt: Go with a nil function", func() { _ = rt.Go(1, nil) })
	for _, prio := range []int{-1, 0, 100} {
		require.ErrorContains(t, rt.Go(prio, func(*rt.Thread) {}), "is not within 1 and 99")
	}
}
