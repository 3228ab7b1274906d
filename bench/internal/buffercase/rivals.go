package buffercase

import (
	"context"
	"runtime"
	"sync"

	"github.com/puzpuzpuz/xsync/v4"

	"github.com/interlock-go/interlock/bbuf"
)

// Bbuf opens ours for calls with ctx.
func Bbuf(ctx context.Context) func(capacity int) Ends {
	return func(capacity int) Ends {
		b := bbuf.New[int](capacity)
		return Ends{
			Produce: func(n int) {
				for i := range n {
					must(b.Put(ctx, i))
				}
			},
			Consume: func(n int) {
				for range n {
					_, err := b.Get(ctx)
					must(err)
				}
			},
		}
	}
}

// Batches opens ours for batches of a size.
func Batches(ctx context.Context, size int) func(capacity int) Ends {
	return func(capacity int) Ends {
		b := bbuf.New[int](capacity)
		return Ends{
			Produce: func(n int) {
				vs := make([]int, size)
				for n > 0 {
					m, err := b.PutN(ctx, vs[:min(n, size)])
					must(err)
					n -= m
				}
			},
			Consume: func(n int) {
				dst := make([]int, size)
				for n > 0 {
					m, err := b.GetN(ctx, dst[:min(n, size)])
					must(err)
					n -= m
				}
			},
		}
	}
}

// Chan opens a channel.
func Chan(capacity int) Ends {
	c := make(chan int, capacity)
	return Ends{
		Produce: func(n int) {
			for i := range n {
				c <- i
			}
		},
		Consume: func(n int) {
			for range n {
				<-c
			}
		},
	}
}

// Select opens a channel of which every use stands in a select with ctx.
func Select(ctx context.Context) func(capacity int) Ends {
	return func(capacity int) Ends {
		c := make(chan int, capacity)
		return Ends{
			Produce: func(n int) {
				for i := range n {
					select {
					case c <- i:
					case <-ctx.Done():
						must(ctx.Err())
					}
				}
			},
			Consume: func(n int) {
				for range n {
					select {
					case <-c:
					case <-ctx.Done():
						must(ctx.Err())
					}
				}
			},
		}
	}
}

// Conditions opens the textbook's monitor: a ring, a mutex and two conditions.
func Conditions(capacity int) Ends {
	var mu sync.Mutex
	notFull, notEmpty := sync.NewCond(&mu), sync.NewCond(&mu)
	ring, first, count := make([]int, capacity), 0, 0
	return Ends{
		Produce: func(n int) {
			for i := range n {
				mu.Lock()
				for count == len(ring) {
					notFull.Wait()
				}
				ring[(first+count)%len(ring)] = i
				count++
				mu.Unlock()
				notEmpty.Signal()
			}
		},
		Consume: func(n int) {
			for range n {
				mu.Lock()
				for count == 0 {
					notEmpty.Wait()
				}
				first = (first + 1) % len(ring)
				count--
				mu.Unlock()
				notFull.Signal()
			}
		},
	}
}

// Xsync opens xsync's queue, which cannot wait: who finds it full or empty yields and tries again.
func Xsync(capacity int) Ends {
	q := xsync.NewMPMCQueue[int](capacity)
	return Ends{
		Produce: func(n int) {
			for i := range n {
				for !q.TryEnqueue(i) {
					runtime.Gosched()
				}
			}
		},
		Consume: func(n int) {
			for range n {
				for _, ok := q.TryDequeue(); !ok; _, ok = q.TryDequeue() {
					runtime.Gosched()
				}
			}
		},
	}
}
