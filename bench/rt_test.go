//lint:file-ignore SA2001 what is measured is locking, not what is locked

package bench_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/pi/rt"
)

// BenchmarkRT measures both locks on a real-time thread: what else the machine does then disturbs
// neither.
func BenchmarkRT(b *testing.B) {
	b.Run("impl=rt/case=uncontended", func(b *testing.B) {
		onThread(b, func(th *rt.Thread, n int) {
			m := &rtMutex
			for range n {
				_ = m.Lock(th)
				m.Unlock(th)
			}
		})
	})
	b.Run("impl=sync/case=uncontended", func(b *testing.B) {
		onThread(b, func(_ *rt.Thread, n int) {
			m := &syncMutex
			for range n {
				m.Lock()
				m.Unlock()
			}
		})
	})
}

var (
	rtMutex   rt.Mutex
	syncMutex sync.Mutex
)

// onThread times b.N operations on a real-time thread. It works for some milliseconds at a time and sleeps
// between, or one of the machine's processors would be closed to everybody else.
func onThread(b *testing.B, operations func(th *rt.Thread, n int)) {
	if err := rt.Probe().Err(); err != nil {
		b.Skip(err)
	}
	b.ReportAllocs()
	const stretch = 200_000
	done := make(chan time.Duration)
	require.NoError(b, rt.Go(rt.MinPriority, func(th *rt.Thread) {
		operations(th, stretch/10)
		b.ResetTimer()
		var busy time.Duration
		for n := b.N; n > 0; n -= stretch {
			start := time.Now()
			operations(th, min(n, stretch))
			busy += time.Since(start)
			time.Sleep(time.Millisecond)
		}
		done <- busy
	}))
	b.ReportMetric(float64(<-done)/float64(b.N), "ns/op")
}
