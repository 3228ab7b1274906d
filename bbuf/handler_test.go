//go:build !interlock_off

package bbuf_test

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/bbuf"
	"github.com/interlock-go/interlock/internal/reported"
	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

// parking are the calls that wait: for room, or for an item.
type parking struct {
	puts bool
	call func(ctx context.Context, b *bbuf.Buffer[int])
}

var parkings = map[string]parking{
	"Put":  {true, func(ctx context.Context, b *bbuf.Buffer[int]) { _ = b.Put(ctx, -1) }},
	"PutN": {true, func(ctx context.Context, b *bbuf.Buffer[int]) { _, _ = b.PutN(ctx, []int{-1, -1}) }},
	"Get":  {false, func(ctx context.Context, b *bbuf.Buffer[int]) { _, _ = b.Get(ctx) }},
	"GetN": {false, func(ctx context.Context, b *bbuf.Buffer[int]) { _, _ = b.GetN(ctx, make([]int, 3)) }},
}

// buffer returns one on which the call waits.
func (p parking) buffer(k kind) *bbuf.Buffer[int] {
	if p.puts {
		return k.filled()
	}
	return k.open()
}

// left calls p with m held and returns when a report handler has ended that call.
func (p parking) left(ctx context.Context, b *bbuf.Buffer[int], m *mutex.Mutex) (returned bool) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		m.Lock()
		defer m.Unlock()
		defer func() { _ = recover() }()
		p.call(ctx, b)
		returned = true
	}()
	select {
	case <-done:
	case <-time.After(patience):
		panic("the call still waits")
	}
	return returned
}

// everyParking runs a test for every kind, call, context and way in which a handler ends.
func everyParking(t *testing.T, test func(t *testing.T, ctx context.Context, k kind, p parking, end func())) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for how, end := range reported.Leavings {
		for name, p := range parkings {
			t.Run(name+" "+how, func(t *testing.T) {
				each(t, func(t *testing.T, k kind) {
					for _, ctx := range []context.Context{ctx, context.Background()} {
						reported.During(t)
						test(t, ctx, k, p, end)
					}
				})
			})
		}
	}
}

// usable holds that nobody is left in b, that it has these items, and that they and whoever waits next get on.
func usable(t *testing.T, b *bbuf.Buffer[int], items int) {
	t.Helper()
	put, get := b.Waiting()
	require.Zero(t, put)
	require.Zero(t, get)
	require.Len(t, b.Drain(), items)
	var wg sync.WaitGroup
	wg.Go(func() {
		v, err := b.Get(context.Background())
		must(err)
		require.Zero(t, v)
	})
	eventuallyWaiting(t, b, 0, 1)
	for i := range b.Cap() {
		must(b.Put(context.Background(), i))
	}
	wg.Wait()
	must(b.TryPut(b.Cap()))
	wg.Go(func() { must(b.Put(context.Background(), b.Cap()+1)) })
	eventuallyWaiting(t, b, 1, 0)
	for i := range b.Cap() + 1 {
		v, err := b.Get(context.Background())
		must(err)
		require.Equal(t, i+1, v)
	}
	wg.Wait()
}

// The handler of the hazard, waiting with a lock held, does not come back.
func TestHandlerThatDoesNotReturnEndsTheCall(t *testing.T) {
	everyParking(t, func(t *testing.T, ctx context.Context, k kind, p parking, end func()) {
		b := p.buffer(k)
		items, called := b.Len(), 0
		lockorder.SetHandler(func(lockorder.Report) { called++; end() })
		require.False(t, p.left(ctx, b, new(mutex.Mutex)))
		require.Equal(t, 1, called)
		usable(t, b, items)
	})
}

// What the handler of the hazard does to the buffer is found by the call that it interrupts.
func TestHandlerMayEndTheWait(t *testing.T) {
	for name, p := range parkings {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, k kind) {
				reported.During(t)
				b := p.buffer(k)
				lockorder.SetHandler(func(lockorder.Report) {
					if !p.puts {
						must(b.TryPut(-7))
					}
					b.Close()
				})
				require.True(t, p.left(context.Background(), b, new(mutex.Mutex)))
				require.NotContains(t, b.Drain(), -7)
			})
		})
	}
}

// The handler of a certain ring does not come back: the others wait for the lock that the call has kept. With more than there are
// processors none may count as woken and on its way for ever.
func TestHandlerOfARingThatDoesNotReturnEndsTheCall(t *testing.T) {
	for _, served := range []bool{false, true} {
		everyParking(t, func(t *testing.T, _ context.Context, k kind, p parking, end func()) {
			b := p.buffer(k)
			var m mutex.Mutex
			register := b.Producer
			if p.puts {
				register = b.Consumer
			}
			for range runtime.GOMAXPROCS(0) + 1 {
				rings := 0
				lockorder.SetHandler(func(r lockorder.Report) {
					if r.Tier != lockorder.Deadlock {
						return
					}
					rings++
					if served && p.puts {
						b.Drain()
					} else if served {
						must(b.TryPut(-7))
					}
					end()
				})
				var wg sync.WaitGroup
				registered, held := make(chan struct{}), make(chan struct{})
				wg.Go(func() {
					defer register()()
					close(registered)
					<-held
					pass(&m)
				})
				<-registered
				ring := parking{p.puts, func(ctx context.Context, b *bbuf.Buffer[int]) {
					defer register()() // or what its handler does would be by somebody unknown, and the next ring not certain
					close(held)
					for len(lockorder.Snapshot().Waits) == 0 {
						runtime.Gosched()
					}
					p.call(ctx, b)
				}}
				require.False(t, ring.left(context.Background(), b, &m))
				wg.Wait()
				require.Equal(t, 1, rings)
				require.Empty(t, lockorder.Snapshot().Waits)
				reported.During(t)
				b.Drain()
				if p.puts {
					for i := range b.Cap() {
						must(b.TryPut(i))
					}
				}
			}
			usable(t, b, b.Len())
		})
	}
}

// A call that was served before its handler ended it leaves no wake-up to the next call of its goroutine, which has the same waiter.
func TestHandlerThatPanicsLeavesNoWakeUp(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		reported.During(t)
		b := k.open()
		var m mutex.Mutex
		lockorder.SetHandler(func(r lockorder.Report) {
			if r.Tier == lockorder.Deadlock {
				must(b.TryPut(-7))
				panic("handler")
			}
		})
		registered := make(chan struct{})
		var wg sync.WaitGroup
		m.Lock()
		wg.Go(func() {
			defer b.Producer()()
			close(registered)
			pass(&m)
		})
		<-registered
		waits(t, 1)
		require.PanicsWithValue(t, "handler", func() { _, _ = b.Get(context.Background()) })
		m.Unlock()
		wg.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
		defer cancel()
		_, err := b.Get(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
}
