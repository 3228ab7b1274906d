//go:build !interlock_off

package bbuf_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/bbuf"
	"github.com/interlock-go/interlock/cond"
	"github.com/interlock-go/interlock/internal/goroutine"
	"github.com/interlock-go/interlock/internal/reported"
	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

// within is how soon a ring must be reported after the call that closes it. The clock runs from before the call.
const within = 10 * time.Millisecond

// deadlock waits for the one ring and holds it against the clock. A first try may be slow on a busy machine, so scenarios are tried again.
func deadlock(t *testing.T, edges int, scenario func(t *testing.T, w *reported.Reports) (began time.Time)) {
	t.Helper()
	var took time.Duration
	for range 5 {
		t.Run("", func(t *testing.T) {
			w := reported.During(t)
			began := scenario(t, w)
			all := w.Of(lockorder.Deadlock)
			require.Len(t, all, 1)
			_, first := w.Await(lockorder.Deadlock)
			require.Len(t, all[0].Edges, edges)
			for _, e := range all[0].Edges {
				require.NotEmpty(t, e.Want.Stack)
			}
			took = first.Sub(began)
		})
		if took <= within {
			return
		}
	}
	require.LessOrEqual(t, took, within)
}

func eventually(t *testing.T, what func() bool) {
	t.Helper()
	require.Eventually(t, what, patience, 100*time.Microsecond)
}

// waits waits until n goroutines are blocked on what the detector knows.
func waits(t *testing.T, n int) {
	t.Helper()
	eventually(t, func() bool { return len(lockorder.Snapshot().Waits) == n })
}

// The buffer is full, and its only consumer needs the lock that the producer holds.
func TestRingThroughAFullBuffer(t *testing.T) {
	for _, k := range []kind{{2, true}, {2, false}} {
		deadlock(t, 2, func(t *testing.T, w *reported.Reports) (began time.Time) {
			b := k.filled()
			var m mutex.Mutex
			registered, full := make(chan struct{}), make(chan struct{})
			var wg sync.WaitGroup
			wg.Go(func() {
				defer b.Consumer()()
				close(registered)
				<-full
				pass(&m)
				for range b.All(context.Background()) {
				}
			})
			wg.Go(func() {
				defer b.Producer()()
				<-registered
				m.Lock()
				must(b.Put(context.Background(), 1))
				m.Unlock()
			})
			<-registered
			eventually(t, func() bool { put, _ := b.Waiting(); return put == 1 })
			waits(t, 1)
			began = time.Now()
			close(full)
			w.Await(lockorder.Deadlock)
			_, err := b.TryGet() // breaks the ring
			require.NoError(t, err)
			b.Close()
			wg.Wait()
			return began
		})
	}
}

// The twin takes an item before it asks for the lock.
func TestFullBufferWithoutRingIsSilent(t *testing.T) {
	w := reported.During(t)
	b := kind{2, true}.filled()
	var m mutex.Mutex
	registered, release := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		defer b.Consumer()()
		close(registered)
		<-release
		_, err := b.Get(context.Background())
		must(err)
		pass(&m)
	})
	wg.Go(func() {
		defer b.Producer()()
		<-registered
		m.Lock()
		must(b.Put(context.Background(), 1))
		m.Unlock()
	})
	<-registered
	waits(t, 1)
	close(release)
	wg.Wait()
	require.Empty(t, w.Of(lockorder.Deadlock))
}

// The buffer is empty, and its producer waits for a condition that the consumer must signal.
func TestRingThroughAnEmptyBufferAndACondition(t *testing.T) {
	deadlock(t, 2, func(t *testing.T, w *reported.Reports) (began time.Time) {
		return emptyAndCondition(t, w, false)
	})
}

// The twin signals before it gets.
func TestEmptyBufferWithSignalIsSilent(t *testing.T) {
	w := reported.During(t)
	emptyAndCondition(t, w, true)
	require.Empty(t, w.Of(lockorder.Deadlock))
}

func emptyAndCondition(t *testing.T, w *reported.Reports, signals bool) (began time.Time) {
	b := bbuf.New[int](2)
	var m mutex.Mutex
	c := cond.New(&m)
	asked := false
	var registered, wg sync.WaitGroup
	registered.Add(2)
	begin := make(chan struct{})
	wg.Go(func() {
		defer b.Producer()()
		registered.Done()
		registered.Wait()
		m.Lock()
		for !asked {
			c.Wait()
		}
		m.Unlock()
		must(b.Put(context.Background(), 1))
	})
	wg.Go(func() {
		defer b.Consumer()()
		defer c.Signaller()()
		registered.Done()
		<-begin
		if signals {
			m.Lock()
			asked = true
			m.Unlock()
			c.Signal()
		}
		_, err := b.Get(context.Background())
		must(err)
	})
	registered.Wait()
	waits(t, 1)
	began = time.Now()
	close(begin)
	if !signals {
		w.Await(lockorder.Deadlock)
		m.Lock()
		asked = true
		m.Unlock()
		c.Signal()
	}
	wg.Wait()
	return began
}

// Every goroutine that could put has finished.
func TestGetWithoutProducersLeft(t *testing.T) {
	if !goroutine.Direct {
		t.Skip("the portable way cannot tell that a goroutine has finished")
	}
	deadlock(t, 1, func(t *testing.T, w *reported.Reports) (began time.Time) {
		b := bbuf.New[int](2)
		registered, waits, gone, again := make(chan struct{}), make(chan struct{}), make(chan struct{}), make(chan struct{})
		go func() {
			defer close(gone)
			b.Producer()
			close(registered)
			<-waits
			must(b.Put(context.Background(), 0))
		}()
		<-registered
		var wg sync.WaitGroup
		wg.Go(func() {
			must(take(b)) // so that the next one has a waiter that was used before
			<-again
			must(take(b))
		})
		eventuallyWaiting(t, b, 0, 1)
		close(waits)
		<-gone
		// The runtime ends the goroutine a moment after its last statement; until then the wait is not for ever.
		<-time.After(time.Millisecond)
		began = time.Now()
		close(again)
		w.Await(lockorder.Deadlock)
		must(b.Put(context.Background(), 1))
		wg.Wait()
		return began
	})
}

func TestWaitingWithALockHeldIsAHazard(t *testing.T) {
	for name, wait := range map[string]func(b *bbuf.Buffer[int]) error{
		"Put":  func(b *bbuf.Buffer[int]) error { return b.Put(context.Background(), 1) },
		"Get":  func(b *bbuf.Buffer[int]) error { _, err := b.Get(context.Background()); return err },
		"GetN": func(b *bbuf.Buffer[int]) error { _, err := b.GetN(context.Background(), make([]int, 3)); return err },
	} {
		t.Run(name, func(t *testing.T) {
			for _, held := range []bool{true, false} {
				w := reported.During(t)
				b := bbuf.New[int](1)
				if name == "Put" {
					must(b.TryPut(0))
				}
				var m mutex.Mutex
				var wg sync.WaitGroup
				wg.Go(func() {
					must(wait(b)) // so that the next one has a waiter that was used before
					if held {
						m.Lock()
						defer m.Unlock()
					}
					must(wait(b))
				})
				for range 2 {
					eventually(t, func() bool { put, get := b.Waiting(); return put+get == 1 })
					if _, err := b.TryGet(); err != nil {
						must(b.TryPut(1))
					}
				}
				wg.Wait()
				all := w.Of(lockorder.Hazard)
				if !held {
					require.Empty(t, all)
					continue
				}
				require.Len(t, all, 1)
				require.Equal(t, lockorder.KindWaitHolding, all[0].Kind)
				require.Len(t, all[0].Edges[0].Held, 1)
				top := all[0].Edges[0].Want.Stack[0]
				require.Contains(t, top.File, "ring_test.go", "the site is the caller's: %v", all[0])
			}
		})
	}
}

// pass asks to be let in, and goes.
func pass(m *mutex.Mutex) {
	m.Lock()
	defer m.Unlock()
}
