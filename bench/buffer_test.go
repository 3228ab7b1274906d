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
