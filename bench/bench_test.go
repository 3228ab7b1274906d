// Package bench_test measures what a lock costs, against sync and go-deadlock.
package bench_test

import (
	"testing"

	"github.com/interlock-go/interlock/bench/internal/ondeadlock"
	"github.com/interlock-go/interlock/bench/internal/oninterlock"
	"github.com/interlock-go/interlock/bench/internal/onsync"
)

func BenchmarkLock(b *testing.B) {
	b.Run("impl=interlock", oninterlock.Lock)
	b.Run("impl=sync", onsync.Lock)
	b.Run("impl=go-deadlock", ondeadlock.Lock)
}

// BenchmarkGoroutines reports memory, not time.
func BenchmarkGoroutines(b *testing.B) {
	const n = 100_000
	b.Run("impl=interlock", func(b *testing.B) { oninterlock.Goroutines(b, n) })
	b.Run("impl=sync", func(b *testing.B) { onsync.Goroutines(b, n) })
	b.Run("impl=go-deadlock", func(b *testing.B) { ondeadlock.Goroutines(b, n) })
}

// BenchmarkSize reports the size of a Mutex, not time.
func BenchmarkSize(b *testing.B) {
	size := func(bytes uintptr) func(*testing.B) {
		return func(b *testing.B) { b.ReportMetric(float64(bytes), "B/mutex") }
	}
	b.Run("impl=interlock", size(oninterlock.Size))
	b.Run("impl=sync", size(onsync.Size))
	b.Run("impl=go-deadlock", size(ondeadlock.Size))
}
