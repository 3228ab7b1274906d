package bbuf_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/bbuf"
)

const (
	players   = 4     // producers, and as many consumers
	perPlayer = 1_000 // items
)

// serial numbers an item by its producer and its place in what that one puts.
func serial(producer, i int) int { return producer*perPlayer + i }

// feed puts a producer's items by every means in turn. It gives each up and tries it again where the context ends first.
func feed(ctx context.Context, b *bbuf.Buffer[int], producer int) {
	r := rand.New(rand.NewPCG(1, uint64(producer)))
	for i := 0; i < perPlayer; {
		v := serial(producer, i)
		switch r.IntN(4) {
		case 0:
			must(b.Put(ctx, v))
			i++
		case 1:
			if b.TryPut(v) == nil {
				i++
			}
		case 2:
			batch := make([]int, 1+r.IntN(min(40, perPlayer-i)))
			for j := range batch {
				batch[j] = serial(producer, i+j)
			}
			short, cancel := ending(ctx, r)
			n, _ := b.PutN(short, batch)
			cancel()
			i += n
		case 3:
			short, cancel := ending(ctx, r)
			if b.Put(short, v) == nil {
				i++
			}
			cancel()
		}
	}
}

// eat takes items by every means in turn until the buffer is closed and drained.
func eat(ctx context.Context, b *bbuf.Buffer[int], seed int, got *[]int) {
	r := rand.New(rand.NewPCG(2, uint64(seed)))
	dst := make([]int, 40)
	for {
		n, err := 1, error(nil)
		short, cancel := ending(ctx, r)
		switch r.IntN(4) {
		case 0:
			dst[0], err = b.Get(ctx)
		case 1:
			dst[0], err = b.TryGet()
		case 2:
			n, err = b.GetN(short, dst[:1+r.IntN(len(dst))])
		case 3:
			dst[0], err = b.Get(short)
		}
		cancel()
		if errors.Is(err, bbuf.ErrClosed) {
			return
		}
		if err == nil {
			*got = append(*got, dst[:n]...)
		}
	}
}

// ending is a context that ends soon, at any moment.
func ending(ctx context.Context, r *rand.Rand) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	yields := r.IntN(4)
	wg.Go(func() {
		for range yields {
			runtime.Gosched()
		}
		cancel()
	})
	return ctx, wg.Wait
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// TestEveryItemArrivesOnceAndInOrder is about conservation, the order of each producer as every consumer sees
// it, and queues that are empty in the end.
func TestEveryItemArrivesOnceAndInOrder(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		b := k.open()
		got := make([][]int, players)
		var producers, consumers sync.WaitGroup
		for p := range players {
			producers.Go(func() { feed(t.Context(), b, p) })
			consumers.Go(func() { eat(t.Context(), b, p, &got[p]) })
		}
		producers.Wait()
		b.Close()
		consumers.Wait()
		seen := make([]bool, players*perPlayer)
		for _, items := range got {
			last := [players]int{}
			for _, v := range items {
				require.False(t, seen[v], "%d came twice", v)
				seen[v] = true
				p := v / perPlayer
				require.GreaterOrEqual(t, v, last[p], "items of one producer overtook each other")
				last[p] = v
			}
		}
		require.NotContains(t, seen, false)
		require.Zero(t, b.Len())
		put, get := b.Waiting()
		require.Zero(t, put+get)
	})
}

// TestCancelStorm has many calls give up at once while others are served. Nothing is lost, doubled or left in a queue.
func TestCancelStorm(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		b := k.filled()
		accepted, taken := k.capacity, 0
		var mu sync.Mutex
		for range 30 {
			ctx, cancel := context.WithCancel(t.Context())
			var wg sync.WaitGroup
			for i := range 20 {
				wg.Go(func() {
					var in, out int
					if i%2 == 0 {
						if b.Put(ctx, i) == nil {
							in = 1
						}
					} else if _, err := b.Get(ctx); err == nil {
						out = 1
					}
					mu.Lock()
					accepted += in
					taken += out
					mu.Unlock()
				})
			}
			runtime.Gosched()
			cancel()
			wg.Wait()
			put, get := b.Waiting()
			require.Zero(t, put+get)
			require.Equal(t, accepted-taken, b.Len())
		}
		require.Len(t, b.Drain(), accepted-taken)
	})
}

// TestNoWakeUpIsLostAtQuiescence stops in the middle: whoever can be served must have been, with nobody left to do it.
func TestNoWakeUpIsLostAtQuiescence(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		for round := range 50 {
			b := k.open()
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			var wg sync.WaitGroup
			n := 3*k.capacity + round%3
			for i := range n {
				wg.Go(func() { must(b.Put(ctx, i)) })
				wg.Go(func() { _, err := b.Get(ctx); must(err) })
			}
			wg.Wait() // as many take as put, so all must end
			cancel()
			require.Zero(t, b.Len())
		}
	})
}

// TestHappensBefore is for the race detector: what was written before a Put is read after the Get, what was read before
// a Get may be written after the Put that took the freed slot, and what was written before Close is read by who is told.
func TestHappensBefore(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		const n = 500
		b := bbuf.Open[*int](k.capacity, k.oneLock)
		places := make([]int, k.capacity+2) // for what is in the buffer, what is being read, and what is being written
		last := 0
		var wg sync.WaitGroup
		wg.Go(func() {
			for i := range n {
				places[i%len(places)] = i
				must(b.Put(t.Context(), &places[i%len(places)]))
			}
			last = n
			b.Close()
		})
		for i := range n {
			p, err := b.Get(t.Context())
			must(err)
			require.Equal(t, i, *p)
		}
		_, err := b.Get(t.Context())
		require.ErrorIs(t, err, bbuf.ErrClosed)
		require.Equal(t, n, last)
		wg.Wait()
	})
}

func TestBlockedCallsCostNoProcessorTime(t *testing.T) {
	b, full := bbuf.New[int](100), kind{100, false}.filled()
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 500 {
		wg.Go(func() { _, _ = b.Get(ctx) })
		wg.Go(func() { _ = full.Put(ctx, 1) })
	}
	require.Eventually(t, func() bool {
		_, get := b.Waiting()
		put, _ := full.Waiting()
		return put == 500 && get == 500
	}, patience, time.Millisecond)
	before := processorTime()
	<-time.After(200 * time.Millisecond)
	used := processorTime() - before
	cancel()
	wg.Wait()
	require.Less(t, used, 50*time.Millisecond, "the bench has the figure; here a spinning waiter must show")
}
