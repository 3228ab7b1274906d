package cond_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/cond"
	"github.com/interlock-go/interlock/internal/goroutine"
)

// later begins a wait in another goroutine and returns when it is parked.
func later(c *cond.Cond, wait func() error) <-chan error {
	done := make(chan error, 1)
	go func() {
		c.L.Lock()
		err := wait()
		if l, ok := c.L.(interface{ TryLock() bool }); ok && l.TryLock() {
			panic("returned without L")
		}
		c.L.Unlock()
		done <- err
	}()
	synctest.Wait()
	return done
}

func plain(c *cond.Cond) func() error {
	return func() error { c.Wait(); return nil }
}

func bubble(t *testing.T, test func(t *testing.T, c *cond.Cond)) {
	synctest.Test(t, func(t *testing.T) { test(t, cond.New(new(sync.Mutex))) })
}

func TestSignalWakesTheLongestWaiter(t *testing.T) {
	bubble(t, func(t *testing.T, c *cond.Cond) {
		var waits []<-chan error
		for i := range 9 {
			wait := plain(c)
			switch i % 3 {
			case 1:
				wait = func() error { return c.WaitContext(t.Context()) }
			case 2:
				wait = func() error { return c.WaitUntil(time.Now().Add(time.Hour)) }
			}
			waits = append(waits, later(c, wait))
		}
		for i, done := range waits {
			c.Signal()
			require.NoError(t, <-done)
			synctest.Wait()
			for _, other := range waits[i+1:] {
				require.Empty(t, other)
			}
		}
		c.Signal() // nobody waits: nothing is remembered
		require.Empty(t, later(c, plain(c)))
		c.Broadcast()
	})
}

func TestBroadcastWakesAllThatWait(t *testing.T) {
	bubble(t, func(t *testing.T, c *cond.Cond) {
		var waits []<-chan error
		for range 20 {
			waits = append(waits, later(c, plain(c)))
		}
		c.Broadcast()
		for _, done := range waits {
			require.NoError(t, <-done)
		}
		c.Broadcast()
		require.Empty(t, later(c, plain(c)))
		c.Signal()
	})
}

func TestContextEndsTheWaitWithL(t *testing.T) {
	bubble(t, func(t *testing.T, c *cond.Cond) {
		cause := errors.New("lunch")
		ctx, cancel := context.WithCancelCause(t.Context())
		first := later(c, func() error { return c.WaitContext(ctx) })
		second := later(c, plain(c))
		time.AfterFunc(time.Second, func() { cancel(cause) })
		require.ErrorIs(t, <-first, cause)
		require.Equal(t, 1, c.Waiting(), "who gave up keeps no place")
		c.Signal()
		require.NoError(t, <-second, "and swallows no signal")
		require.ErrorIs(t, <-later(c, func() error { return c.WaitContext(ctx) }), cause, "done on entry")
	})
}

func TestDeadlineEndsTheWait(t *testing.T) {
	bubble(t, func(t *testing.T, c *cond.Cond) {
		begin := time.Now()
		done := later(c, func() error { return c.WaitUntil(begin.Add(time.Minute)) })
		require.Empty(t, done)
		require.ErrorIs(t, <-done, context.DeadlineExceeded)
		require.Equal(t, time.Minute, time.Since(begin))
		require.ErrorIs(t, <-later(c, func() error { return c.WaitUntil(begin) }), context.DeadlineExceeded)
		require.Zero(t, c.Waiting())
	})
}

// Both can be had: the waiter is signalled, and its context ends before it runs.
func TestSignalThatRacesWithTheEndCounts(t *testing.T) {
	bubble(t, func(t *testing.T, c *cond.Cond) {
		ctx, cancel := context.WithCancel(t.Context())
		first := later(c, func() error { return c.WaitContext(ctx) })
		second := later(c, plain(c))
		c.Signal()
		cancel()
		require.NoError(t, <-first)
		synctest.Wait()
		require.Empty(t, second)
		c.Signal()
		require.NoError(t, <-second)
	})
}

// ended is a context whose end is seen only once the call waits.
type ended struct{ context.Context }

func (ended) Err() error { return nil }

func TestGivingUpAllocatesNothing(t *testing.T) {
	if !goroutine.Direct {
		t.Skip("the portable way does not know who comes back")
	}
	var mu sync.Mutex
	c := cond.New(&mu)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var late context.Context = ended{ctx}
	mu.Lock()
	defer mu.Unlock()
	require.Zero(t, testing.AllocsPerRun(100, func() { _ = c.WaitContext(late) }))
}

// hooked calls a function whenever it has been unlocked.
type hooked struct {
	sync.Mutex
	unlocked func()
}

func (l *hooked) Unlock() {
	l.Mutex.Unlock()
	l.unlocked()
}

// Where a signal and the end of the context come together, before the wait, the wake-up is used up in any case: the next wait of the same
// goroutine waits.
func TestWakeUpIsNotLeftForTheNextWait(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var l hooked
	c := cond.New(&l)
	l.unlocked = c.Signal
	l.Lock()
	for range 50 { // which of the two the wait sees first is a matter of chance
		require.NoError(t, c.WaitContext(ended{ctx}))
	}
	l.unlocked = func() {}
	for range 10 {
		require.ErrorIs(t, c.WaitUntil(time.Now().Add(time.Millisecond)), context.DeadlineExceeded)
	}
	l.Unlock()
}

func TestWhatHasEndedOnEntryDoesNotLetLGo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	l := hooked{unlocked: func() { t.Error("unlocked") }}
	c := cond.New(&l)
	l.Lock()
	defer l.Mutex.Unlock()
	require.ErrorIs(t, c.WaitContext(ctx), context.Canceled)
	require.ErrorIs(t, c.WaitUntil(time.Now()), context.DeadlineExceeded)
}

func TestPredicateWinsOverTheContext(t *testing.T) {
	bubble(t, func(t *testing.T, c *cond.Cond) {
		ctx, cancel := context.WithCancel(t.Context())
		ready := false
		done := later(c, func() error { return c.WaitFor(ctx, func() bool { return ready }) })
		c.Broadcast()
		synctest.Wait()
		require.Empty(t, done, "woken, but the condition does not hold")
		c.L.Lock()
		cancel()
		ready = true
		c.L.Unlock()
		require.NoError(t, <-done)
		c.L.Lock()
		defer c.L.Unlock()
		require.NoError(t, c.WaitFor(ctx, func() bool { return true }))
		require.ErrorIs(t, c.WaitFor(ctx, func() bool { return false }), context.Canceled)
	})
}

func TestPanicInThePredicateLeavesLHeld(t *testing.T) {
	var mu sync.Mutex
	c := cond.New(&mu)
	mu.Lock()
	require.PanicsWithValue(t, "stop", func() { _ = c.WaitFor(t.Context(), func() bool { panic("stop") }) })
	require.False(t, mu.TryLock())
	mu.Unlock()
}

func TestMisusePanics(t *testing.T) {
	var mu sync.Mutex
	used := cond.NewCond(&mu)
	mu.Lock()
	require.ErrorIs(t, used.WaitUntil(time.Now()), context.DeadlineExceeded)
	mu.Unlock()
	copied := new(cond.Cond)
	n := unsafe.Sizeof(*used)
	copy(unsafe.Slice((*byte)(unsafe.Pointer(copied)), n), unsafe.Slice((*byte)(unsafe.Pointer(used)), n))
	var none *cond.Cond
	for fact, c := range map[string]*cond.Cond{"nil Cond": none, "copied Cond": copied, "Cond without L": {}} {
		for name, call := range map[string]func(){
			"Wait": c.Wait, "WaitContext": func() { _ = c.WaitContext(t.Context()) },
			"WaitUntil": func() { _ = c.WaitUntil(time.Now().Add(time.Hour)) },
			"WaitFor":   func() { _ = c.WaitFor(t.Context(), func() bool { return false }) },
		} {
			require.PanicsWithValue(t, "cond: "+fact, call, name)
		}
	}
	var noContext context.Context
	require.PanicsWithValue(t, "cond: nil context", func() { _ = used.WaitContext(noContext) })
	new(cond.Cond).Signal() // as sync's
}

// A lock whose Unlock panics, as ours does when it is not locked, leaves no waiter behind.
type broken struct{ sync.Mutex }

func (*broken) Unlock() { panic("not locked") }

func TestWaitWithoutLLeavesNoWaiter(t *testing.T) {
	c := cond.New(new(broken))
	require.PanicsWithValue(t, "not locked", c.Wait)
	require.Zero(t, c.Waiting())
	require.True(t, c.L.(*broken).TryLock(), "what was not let go is not locked again")
}

func TestLiteralIsReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cond.Cond{L: new(sync.RWMutex)}
		done := later(c, plain(c))
		c.Signal()
		require.NoError(t, <-done)
	})
}

// shared is used in several bubbles, one after the other.
var shared = cond.New(new(sync.Mutex))

func TestPackageLevelCondInTwoBubbles(t *testing.T) {
	for range 3 {
		synctest.Test(t, func(t *testing.T) {
			one, two := later(shared, plain(shared)), later(shared, plain(shared))
			shared.Signal()
			require.NoError(t, <-one)
			shared.Broadcast()
			require.NoError(t, <-two)
		})
	}
}

// Whoever sees a waiter and then comes second to it wakes nobody.
func TestSignalThatComesTooLateWakesNobody(t *testing.T) {
	bubble(t, func(t *testing.T, c *cond.Cond) {
		c.SignalLate()
		done := later(c, plain(c))
		require.Empty(t, done, "it is not kept for the next")
		c.Signal()
		require.NoError(t, <-done)
		c.SignalLate()
	})
}

// Two goroutines may both take their call for the first.
func TestTwoFirstCalls(t *testing.T) {
	c := cond.New(new(sync.Mutex))
	c.Meet()
	c.Meet()
}
