package bench_test

import (
	"context"
	"testing"

	. "github.com/interlock-go/interlock/bench/internal/buffercase"
)

// BenchmarkBuffer measures an item's way through a buffer.
func BenchmarkBuffer(b *testing.B) {
	background := context.Background()
	b.Run("impl=bbuf", func(b *testing.B) { Run(b, Capacities, Shapes, Bbuf(background)) })
	b.Run("impl=chan", func(b *testing.B) { Run(b, Capacities, Shapes, Chan) })
	b.Run("impl=bbuf-ctx", func(b *testing.B) { Run(b, Capacities, Shapes, Bbuf(Cancellable(b))) })
	b.Run("impl=select", func(b *testing.B) { Run(b, Capacities, Shapes, Select(Cancellable(b))) })
	b.Run("impl=bbuf-64", func(b *testing.B) { Run(b, Capacities[1:], Shapes, Batches(background, 64)) })
	b.Run("impl=conditions", func(b *testing.B) { Run(b, Capacities, Shapes, Conditions) })
	b.Run("impl=xsync", func(b *testing.B) { Run(b, Capacities, Shapes, Xsync) })
}

// BenchmarkWork is BenchmarkBuffer with work on both sides of every item.
func BenchmarkWork(b *testing.B) {
	background := context.Background()
	capacities, shapes := []int{1024}, []Shape{{Procs: 2, Producers: 4, Consumers: 4}}
	var work [2]uint64
	b.Run("impl=bbuf", func(b *testing.B) { Run(b, capacities, shapes, Work(Bbuf(background), &work)) })
	b.Run("impl=chan", func(b *testing.B) { Run(b, capacities, shapes, Work(Chan, &work)) })
}

// BenchmarkFair reports the worst Put and the shares of producers, not time.
func BenchmarkFair(b *testing.B) {
	b.Run("impl=bbuf", func(b *testing.B) { Fair(b, Bbuf(context.Background())(64)) })
	b.Run("impl=chan", func(b *testing.B) { Fair(b, Chan(64)) })
}

// BenchmarkParked reports what goroutines cost that wait, not time.
func BenchmarkParked(b *testing.B) {
	b.Run("impl=bbuf", Idle)
}

// BenchmarkFootprint reports memory, not time.
func BenchmarkFootprint(b *testing.B) {
	b.Run("impl=bbuf", Memory)
}
