package bench_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/interlock-go/interlock/bench/internal/condcase"
	"github.com/interlock-go/interlock/mutex"
)

// BenchmarkCond measures condition variables.
func BenchmarkCond(b *testing.B) {
	waiters := []int{10, 100, 1000}
	b.Run("impl=interlock", func(b *testing.B) {
		b.Run("case=signal", condcase.SignalOurs)
		b.Run("case=roundtrip", func(b *testing.B) { condcase.RoundTrip(b, new(sync.Mutex), condcase.Ours) })
		b.Run("case=context", condcase.ContextOurs)
		for _, n := range waiters {
			b.Run(fmt.Sprintf("case=broadcast%d", n), func(b *testing.B) { condcase.Broadcast(b, n, condcase.Ours) })
		}
	})
	b.Run("impl=interlock-mutex", func(b *testing.B) {
		b.Run("case=roundtrip", func(b *testing.B) { condcase.RoundTrip(b, new(mutex.Mutex), condcase.Ours) })
	})
	b.Run("impl=sync", func(b *testing.B) {
		b.Run("case=signal", condcase.SignalSync)
		b.Run("case=roundtrip", func(b *testing.B) { condcase.RoundTrip(b, new(sync.Mutex), condcase.Sync) })
		b.Run("case=context", condcase.ContextSync)
		for _, n := range waiters {
			b.Run(fmt.Sprintf("case=broadcast%d", n), func(b *testing.B) { condcase.Broadcast(b, n, condcase.Sync) })
		}
	})
}
