package bench_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/interlock-go/interlock/pi"
)

// Stories of L, which holds a lock, H, which needs it, and M, which is between them and needs nothing but the
// processor. There is one slot, so that they are the same on every machine.

const (
	section = time.Millisecond      // what L does with the lock
	errand  = 2 * time.Millisecond  // what an M does
	often   = 50 * time.Microsecond // from checkpoint to checkpoint, where that is not the question
)

// burn keeps a processor busy for d.
func burn(d time.Duration) {
	for start := time.Now(); time.Since(start) < d; {
	}
}

// work burns for d in parts, with a checkpoint after each.
func work(t *pi.Task, d, part time.Duration) {
	for ; d > 0; d -= part {
		burn(min(d, part))
		t.Checkpoint()
	}
}

// fewest are the stories that a median is taken of, however short the time.
const fewest = 9

// reportMedian reports the median of what f returns, for b.N stories.
func reportMedian(b *testing.B, unit string, f func() float64) {
	var all []float64
	for range max(b.N, fewest) {
		all = append(all, f())
	}
	slices.Sort(all)
	b.ReportMetric(all[len(all)/2], unit)
	b.ReportMetric(all[len(all)*9/10], "p90-"+unit)
}

// BenchmarkInversion measures how long H waits when L has the lock and a number of Ms come at the same time.
func BenchmarkInversion(b *testing.B) {
	for _, crowd := range []int{0, 64} {
		name := fmt.Sprintf("case=crowd%d", crowd)
		for impl, protocol := range map[string]pi.Protocol{"pi": pi.Inherit, "none": pi.None} {
			b.Run("impl="+impl+"/"+name, func(b *testing.B) {
				reportMedian(b, "wait-sec", func() float64 { return crowded(protocol, crowd).Seconds() })
			})
		}
		b.Run("impl=go/"+name, func(b *testing.B) {
			reportMedian(b, "wait-sec", func() float64 { return crowdedGo(crowd).Seconds() })
		})
	}
}

func crowded(protocol pi.Protocol, crowd int) (waited time.Duration) {
	ctx := context.Background()
	e := pi.NewExecutor(pi.WithSlots(1), pi.WithProtocol(protocol))
	var m pi.Mutex
	held, begin := make(chan struct{}), make(chan struct{})
	e.Go(ctx, 1, func(_ context.Context, l *pi.Task) {
		m.Lock(l)
		close(held)
		<-begin // in its slot: all are there when it goes on
		work(l, section, often)
		m.Unlock(l)
	})
	<-held
	for range crowd {
		e.Go(ctx, 2, func(_ context.Context, t *pi.Task) { work(t, errand, often) })
	}
	came := time.Now()
	e.Go(ctx, 3, func(_ context.Context, h *pi.Task) {
		m.Lock(h)
		waited = time.Since(came)
		m.Unlock(h)
	})
	close(begin)
	_ = e.Shutdown(ctx)
	return waited
}

// crowdedGo is the same with what Go has.
func crowdedGo(crowd int) (waited time.Duration) {
	var m sync.Mutex
	var all sync.WaitGroup
	held, begin := make(chan struct{}), make(chan struct{})
	all.Go(func() {
		m.Lock()
		close(held)
		<-begin
		burn(section)
		m.Unlock()
	})
	<-held
	for range crowd {
		all.Go(func() { burn(errand) })
	}
	came := time.Now()
	all.Go(func() {
		m.Lock()
		waited = time.Since(came)
		m.Unlock()
	})
	close(begin)
	all.Wait()
	return waited
}

// intervals are the times between checkpoints that the law is tried with.
var intervals = []time.Duration{often, 500 * time.Microsecond, 5 * time.Millisecond, 20 * time.Millisecond}

// BenchmarkLaw measures how far H's wait is from the critical section and one interval between checkpoints, in the
// worst case: L has just got the lock, and an M has just begun an interval.
func BenchmarkLaw(b *testing.B) {
	for _, interval := range intervals {
		b.Run(fmt.Sprintf("impl=pi/case=%v", interval), func(b *testing.B) {
			reportMedian(b, "off-ms", func() float64 { return math.Abs(ms(worstCase(interval) - section - interval)) })
		})
	}
	// What is not in the executor competes with it for processors.
	b.Run("impl=pi/case=hogs4", func(b *testing.B) {
		stop := hogs(4)
		defer stop()
		reportMedian(b, "over-ms", func() float64 { return ms(worstCase(often) - section) })
	})
}

func ms(d time.Duration) float64 { return d.Seconds() * 1e3 }

func worstCase(interval time.Duration) (waited time.Duration) {
	ctx := context.Background()
	e := pi.NewExecutor(pi.WithSlots(1))
	var m pi.Mutex
	held, begin, served := make(chan struct{}), make(chan struct{}), make(chan struct{})
	e.Go(ctx, 1, func(_ context.Context, l *pi.Task) {
		m.Lock(l)
		close(held)
		<-begin
		l.Checkpoint() // M's turn
		work(l, section, interval)
		m.Unlock(l)
	})
	<-held
	e.Go(ctx, 2, func(_ context.Context, t *pi.Task) {
		came := time.Now()
		e.Go(ctx, 3, func(_ context.Context, h *pi.Task) {
			m.Lock(h)
			waited = time.Since(came)
			m.Unlock(h)
			close(served)
		})
		work(t, 3*interval, interval)
	})
	close(begin)
	<-served
	_ = e.Shutdown(ctx)
	return waited
}

// hogs starts n goroutines that compute until stop is called.
func hogs(n int) (stop func()) {
	var all sync.WaitGroup
	end := make(chan struct{})
	for range n {
		all.Go(func() {
			for {
				select {
				case <-end:
					return
				default:
					burn(10 * time.Microsecond)
				}
			}
		})
	}
	return func() { close(end); all.Wait() }
}
