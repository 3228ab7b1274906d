package etcdbank_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/banker"
)

// BenchmarkDecisions has three replicas with 1,000 jobs each take a unit and give it back,
// over loopback. It reports decisions per second, each committed.
func BenchmarkDecisions(b *testing.B) {
	dial := start(b)
	capacity := banker.Capacity{"unit": 10_000}
	var jobs []func(n int)
	for range 3 {
		r := open(b, dial(), capacity)
		for range 1000 {
			j, err := r.Register(b.Context(), banker.Of("unit", 2))
			require.NoError(b, err)
			jobs = append(jobs, func(n int) {
				for range n {
					if j.Acquire(b.Context(), banker.Of("unit", 1)) != nil || j.Release(b.Context(), banker.Of("unit", 1)) != nil {
						b.Error("failed")
						return
					}
				}
			})
		}
	}
	b.ResetTimer()
	begin := time.Now()
	var all sync.WaitGroup
	for _, j := range jobs {
		all.Go(func() { j(b.N) })
	}
	all.Wait()
	b.ReportMetric(float64(2*b.N*len(jobs))/time.Since(begin).Seconds(), "decisions/s")
}
