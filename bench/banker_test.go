package bench_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"golang.org/x/sync/semaphore"

	"github.com/interlock-go/interlock/banker"
)

// BenchmarkFour takes four resources and gives them back, uncontended.
func BenchmarkFour(b *testing.B) {
	b.Run("impl=interlock", func(b *testing.B) {
		pool, err := banker.New(banker.Capacity{"cpu": 64, "disk": 64, "gpu": 64, "mem": 64})
		if err != nil {
			b.Fatal(err)
		}
		all := []banker.Amount{banker.Of("cpu", 1), banker.Of("disk", 1), banker.Of("gpu", 1), banker.Of("mem", 1)}
		j, err := pool.Register("j", all...)
		if err != nil {
			b.Fatal(err)
		}
		ctx := context.Background()
		b.ReportAllocs()
		for b.Loop() {
			if j.Acquire(ctx, all...) != nil || j.Release(all...) != nil {
				b.Fatal("refused")
			}
		}
	})
	b.Run("impl=semaphore", func(b *testing.B) {
		var all [4]*semaphore.Weighted
		for i := range all {
			all[i] = semaphore.NewWeighted(64)
		}
		ctx := context.Background()
		b.ReportAllocs()
		for b.Loop() {
			for _, s := range all {
				if s.Acquire(ctx, 1) != nil {
					b.Fatal("refused")
				}
			}
			for _, s := range all {
				s.Release(1)
			}
		}
	})
}

// BenchmarkJob reports the memory of a registered job that claims every resource.
func BenchmarkJob(b *testing.B) {
	for _, m := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("impl=interlock/m=%d", m), func(b *testing.B) {
			const n = 20_000
			capacity := banker.Capacity{}
			var claim []banker.Amount
			for r := range m {
				name := fmt.Sprintf("r%02d", r)
				capacity[name] = 100
				claim = append(claim, banker.Of(name, 10))
			}
			var bytes float64
			for range b.N {
				pool, err := banker.New(capacity)
				if err != nil {
					b.Fatal(err)
				}
				before := heap()
				for range n {
					if _, err := pool.Register("job", claim...); err != nil {
						b.Fatal(err)
					}
				}
				bytes = (heap() - before) / n
				runtime.KeepAlive(pool)
			}
			b.ReportMetric(bytes, "B/job")
		})
	}
}

func heap() float64 {
	runtime.GC()
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return float64(s.HeapAlloc)
}
