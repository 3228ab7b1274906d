package buffercase

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/interlock-go/interlock/bbuf"
)

// Work adds some 96 ns of computing to every item on either side.
func Work(open func(capacity int) Ends, work *[2]uint64) func(capacity int) Ends {
	return func(capacity int) Ends {
		e := open(capacity)
		// One item at a time, so that the work stands between two of them.
		return Ends{
			Produce: func(n int) {
				x := uint64(n)
				for range n {
					x = compute(x)
					e.Produce(1)
				}
				work[0] = x
			},
			Consume: func(n int) {
				x := uint64(n)
				for range n {
					e.Consume(1)
					x = compute(x)
				}
				work[1] = x
			},
		}
	}
}

// compute takes some 96 ns.
func compute(x uint64) uint64 {
	for range 48 {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return x
}

// Fair has 16 producers and 16 consumers at a buffer of 64 and reports the worst Put, as worst-ns, and the
// largest and smallest share of a producer in what all put, against the mean. It takes 400 ms at least: who never waits
// runs for the scheduler's 10 ms, and of fewer slices than that the shares are chance.
func Fair(b *testing.B, ends Ends) {
	const producers = 16
	old := runtime.GOMAXPROCS(2)
	defer runtime.GOMAXPROCS(old)
	var consumers, done sync.WaitGroup
	worst, count := make([]time.Duration, producers), make([]int, producers)
	until := time.Now().Add(max(400*time.Millisecond, time.Duration(b.N)*100))
	stop := make(chan struct{})
	for range producers {
		consumers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					ends.Consume(1)
				}
			}
		})
	}
	for p := range producers {
		done.Go(func() {
			for before := time.Now(); before.Before(until); {
				ends.Produce(1)
				after := time.Now()
				worst[p] = max(worst[p], after.Sub(before))
				count[p]++
				before = after
			}
		})
	}
	done.Wait()
	close(stop)
	ends.Produce(2 * producers) // whoever still waits gets one
	consumers.Wait()
	total := 0
	for _, n := range count {
		total += n
	}
	mean := float64(total) / producers
	b.ReportMetric(float64(slices.Max(worst)), "worst-ns")
	b.ReportMetric(float64(slices.Max(count))/mean, "largest-share")
	b.ReportMetric(float64(slices.Min(count))/mean, "smallest-share")
}

// Idle parks 1,000 goroutines, half on a full buffer and half on an empty one, and reports the processor time that
// they cost, in ms/s.
func Idle(b *testing.B) {
	ctx, cancel := context.WithCancel(context.Background())
	full, empty := bbuf.New[int](1), bbuf.New[int](1)
	must(full.TryPut(0))
	var wg sync.WaitGroup
	for range 500 {
		wg.Go(func() { _ = full.Put(ctx, 1) })
		wg.Go(func() { _, _ = empty.Get(ctx) })
	}
	time.Sleep(100 * time.Millisecond) // until all are parked
	runtime.GC()
	const span = 500 * time.Millisecond
	before := cpu()
	time.Sleep(span)
	b.ReportMetric(float64(cpu()-before)/float64(time.Millisecond)/span.Seconds(), "ms/s")
	cancel()
	wg.Wait()
}

// Memory reports what a buffer takes: beside its slots, and for a slot of 8 bytes.
func Memory(b *testing.B) {
	bytes := func(capacity int) float64 {
		const n = 100
		keep := make([]*bbuf.Buffer[int], n)
		before := memory()
		for i := range keep {
			keep[i] = bbuf.New[int](capacity)
		}
		after := memory()
		runtime.KeepAlive(keep)
		return (after - before) / n
	}
	small, large := bytes(16), bytes(16+10_000)
	slot := (large - small) / 10_000
	b.ReportMetric(slot, "B/slot")
	b.ReportMetric(max(0, small-16*8), "B/buffer")
}

// memory is what the heap has allocated and not freed.
func memory() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}
