package park_test

import (
	"context"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/interlock-go/interlock/internal/park"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// gate is a lock for any number of holders up to room that is waited for by the queue alone, in the way of package mutex.
type gate struct {
	room   atomic.Int32
	waited atomic.Bool
}

func (g *gate) SetWaited()   { g.waited.Store(true) }
func (g *gate) ClearWaited() { g.waited.Store(false) }

func (g *gate) addr() uintptr { return uintptr(unsafe.Pointer(g)) }

func (g *gate) try() bool {
	for {
		n := g.room.Load()
		if n == 0 {
			return false
		}
		if g.room.CompareAndSwap(n, n-1) {
			return true
		}
	}
}

func (g *gate) enter(ctx context.Context) bool {
	w := park.New()
	for again := false; ; again = true {
		park.Add(w, g.addr(), again, g)
		if g.try() {
			g.remove(w)
			return true
		}
		var ended bool
		select {
		case <-w.C:
		case <-ctx.Done():
			ended = true
		}
		woken := !g.remove(w)
		if woken && g.try() {
			return true
		}
		if ended {
			return false
		}
	}
}

// remove takes w out, and drops a wake-up that it has not read.
func (g *gate) remove(w *park.Waiter) bool {
	queued := park.Remove(w, g)
	select {
	case <-w.C:
	default:
	}
	return queued
}

func (g *gate) leave() {
	g.room.Add(1)
	if g.waited.Load() {
		park.Wake(g.addr(), false, g)
	}
}

// A wake-up that is lost leaves everybody asleep, which ends a bubble with a panic.
func TestNoWakeUpIsLost(t *testing.T) {
	for _, room := range []int32{1, 3} {
		synctest.Test(t, func(t *testing.T) {
			var g gate
			g.room.Store(room)
			var inside, entered atomic.Int32
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() {
					for range 500 {
						if !g.enter(context.Background()) {
							panic("nothing ends this context")
						}
						if inside.Add(1) > room {
							panic("too many inside")
						}
						runtime.Gosched()
						inside.Add(-1)
						entered.Add(1)
						g.leave()
					}
				})
			}
			all.Wait()
			require.EqualValues(t, 4000, entered.Load())
			require.False(t, g.waited.Load(), "the flag stayed up")
		})
	}
}

// Who gives up at the moment when it is woken must not take the wake-up with it.
func TestWhoGivesUpTakesNoWakeUpAlong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gate
		g.room.Store(1)
		var gaveUp, entered atomic.Int32
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				r := rand.New(rand.NewPCG(1, uint64(i)))
				for range 500 {
					ctx, cancel := context.WithCancel(context.Background())
					if i%2 == 0 {
						n := r.IntN(20)
						all.Go(func() {
							for range n {
								runtime.Gosched()
							}
							cancel()
						})
					}
					if g.enter(ctx) {
						entered.Add(1)
						runtime.Gosched()
						g.leave()
					} else {
						gaveUp.Add(1)
					}
					cancel()
				}
			})
		}
		all.Wait()
		t.Logf("%d entered, %d gave up", entered.Load(), gaveUp.Load())
		require.EqualValues(t, 4000, entered.Load()+gaveUp.Load())
		require.GreaterOrEqual(t, entered.Load(), int32(2000), "half of them never give up")
		require.NotZero(t, gaveUp.Load())
		require.True(t, g.try())
		require.False(t, g.waited.Load(), "the flag stayed up")
	})
}

func TestWaitersAreServedInTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gate
		var order []int
		var all sync.WaitGroup
		for i := range 10 {
			all.Go(func() {
				g.enter(context.Background())
				order = append(order, i)
				g.leave()
			})
			synctest.Wait() // durably blocked: the waiter's channel is of this bubble
		}
		g.leave()
		all.Wait()
		require.Equal(t, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, order)
	})
}

func TestWaitEndsWithTheBubblesTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gate
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		start := time.Now()
		require.False(t, g.enter(ctx))
		require.Equal(t, time.Hour, time.Since(start))
		require.False(t, g.waited.Load(), "it is out of the queue")
	})
}

func TestAllAreWokenAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gate
		var awake atomic.Int32
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() {
				w := park.New()
				park.Add(w, g.addr(), false, &g)
				<-w.C
				awake.Add(1)
				if park.Remove(w, &g) {
					panic("woken and still queued")
				}
			})
		}
		synctest.Wait()
		require.Zero(t, awake.Load())
		park.Wake(g.addr(), true, &g)
		require.False(t, g.waited.Load())
		all.Wait()
		require.EqualValues(t, 10, awake.Load())
		park.Wake(g.addr(), true, &g) // wakes nobody and harms nothing
	})
}

// The table hides waiters from the collector; being waited for must be enough to keep them.
func TestQueuedWaitersOutliveTheCollector(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gate
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() {
				g.enter(context.Background())
				g.leave()
			})
		}
		synctest.Wait()
		for range 5 {
			runtime.GC()
			_ = make([][64]byte, 10_000) // takes the place of what was freed
		}
		g.leave()
		all.Wait()
		require.EqualValues(t, 1, g.room.Load())
	})
}
