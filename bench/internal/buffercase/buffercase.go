// Package buffercase moves items through bounded buffers: ours, a channel, a channel under
// select with a context, the textbook's ring with a mutex and two conditions, and xsync's queue.
package buffercase

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"
)

// Ends are the two ends of one buffer. Each function moves n items, in a loop of its own, since a call through
// an interface for every item would be measured with it.
type Ends struct {
	Produce, Consume func(n int)
}

// Shape is a number of producers and consumers on a number of processors.
type Shape struct{ Procs, Producers, Consumers int }

// Name is the shape as a part of a benchmark's name.
func (s Shape) Name() string { return fmt.Sprintf("P%d-%dp%dc", s.Procs, s.Producers, s.Consumers) }

// Shapes are those that are measured.
var Shapes = []Shape{
	{1, 1, 1},
	{1, 4, 4},
	{1, 100, 100},
	{2, 1, 1},
	{2, 2, 2},
	{2, 4, 4},
	{2, 16, 16},
}

// Capacities are those that are measured.
var Capacities = []int{1, 16, 64, 1024, 65536}

// Run moves b.N items through buffers of every capacity in every shape.
func Run(b *testing.B, capacities []int, shapes []Shape, open func(capacity int) Ends) {
	for _, c := range capacities {
		b.Run(fmt.Sprintf("case=cap%d", c), func(b *testing.B) {
			for _, s := range shapes {
				b.Run("in="+s.Name(), func(b *testing.B) { Move(b, s, open(c)) })
			}
		})
	}
}

// Move moves b.N items, and reports wall-clock time and, as cpu-ns/op, processor time per item.
// Equal figures on two processors mean that one of them did it all.
func Move(b *testing.B, s Shape, ends Ends) {
	old := runtime.GOMAXPROCS(s.Procs)
	defer runtime.GOMAXPROCS(old)
	b.ReportAllocs()
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	spawn := func(n int, body func(int)) {
		for i := range n {
			share := b.N / n
			if i < b.N%n {
				share++
			}
			ready.Add(1)
			done.Go(func() {
				ready.Done()
				<-start
				body(share)
			})
		}
	}
	spawn(s.Consumers, ends.Consume)
	spawn(s.Producers, ends.Produce)
	ready.Wait()
	before := cpu()
	b.ResetTimer()
	close(start)
	done.Wait()
	b.StopTimer()
	b.ReportMetric(float64(cpu()-before)/float64(b.N), "cpu-ns/op")
}

// Cancellable is a context that can end and does not.
func Cancellable(b *testing.B) context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	b.Cleanup(cancel)
	return ctx
}

// must is for errors that would make the measurement void.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
