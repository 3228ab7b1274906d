package bench_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"golang.org/x/sync/semaphore"

	"github.com/interlock-go/interlock/banker"
	"github.com/interlock-go/interlock/bench/internal/textbook"
	"github.com/interlock-go/interlock/internal/safestate"
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
		b.Run(fmt.Sprintf("m=%d", m), func(b *testing.B) {
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

// BenchmarkChain decides on the first request of a chain: one safe order, the reverse of
// the order in which the jobs were registered.
func BenchmarkChain(b *testing.B) {
	const n, m = 100_000, 64
	total := make([]int64, m)
	for r := range total {
		total[r] = n + 2
	}
	s, book := safestate.New(total), textbook.New(n, total)
	var holders []int32
	for j := range n { // job j needs what the jobs behind it hold
		claim := make([]safestate.Amount, 2)
		for i := range claim {
			claim[i] = safestate.Amount{Resource: (j + i*31) % m, Units: int64(n-j)/m + 2}
		}
		if _, o := s.Register(claim); o != safestate.Granted {
			b.Fatal(o)
		}
		for _, a := range claim {
			book.Need[j*m+a.Resource] += a.Units
		}
		holders = append(holders, int32(j))
	}
	for j := n - 1; j >= 0; j-- {
		r := j % m
		if s.Acquire(safestate.Job(j), []safestate.Amount{{Resource: r, Units: 1}}) != safestate.Granted {
			b.Fatal("the chain is not safe")
		}
		book.Take(j, r, 1)
	}
	b.Run("impl=interlock", func(b *testing.B) {
		for i := range b.N {
			j := safestate.Job(i * 7919 % n)
			r, need, _ := s.At(j, 0)
			if need == 0 {
				continue
			}
			one := []safestate.Amount{{Resource: r, Units: 1}}
			if s.Acquire(j, one) == safestate.Granted {
				s.Release(j, one)
			}
		}
	})
	b.Run("impl=holt", func(b *testing.B) {
		for b.Loop() {
			if !book.Holt(holders) {
				b.Fatal("unsafe")
			}
		}
	})
}

// BenchmarkRelease reports how many requests are tested for safety per release, with 1,000
// that wait.
func BenchmarkRelease(b *testing.B) {
	const blocked, m = 1000, 4
	r := rand.New(rand.NewPCG(1, 2))
	total := []int64{60, 60, 60, 60}
	q := safestate.NewQueue(total, 256)
	claim := func() []safestate.Amount {
		return []safestate.Amount{{Resource: r.IntN(m), Units: 1 + r.Int64N(6)}, {Resource: r.IntN(m), Units: 1 + r.Int64N(6)}}
	}
	begin := func() {
		c := claim()
		j, _ := q.Register(c)
		ask := []safestate.Amount{{Resource: c[0].Resource, Units: 1 + r.Int64N(c[0].Units)}}
		if o := q.Try(j, ask); o.Waits() {
			q.Park(j, ask, o, &safestate.Waiter{Tag: j})
		}
	}
	for len(q.Waiting()) < blocked {
		begin()
	}
	tests := uint64(0)
	b.ResetTimer()
	for range b.N {
		var holders []safestate.Job
		for j := range q.Order {
			holders = append(holders, j)
			if len(holders) == 40 {
				break
			}
		}
		j := holders[r.IntN(len(holders))]
		var some []safestate.Amount
		for i := range q.Claim(j) {
			if r, _, held := q.At(j, i); held > 0 {
				some = append(some, safestate.Amount{Resource: r, Units: 1 + (held-1)/2})
			}
		}
		before := q.Tests()
		q.GiveBack(j, some)
		tests += q.Tests() - before
		for range q.Settled() {
		}
		for len(q.Waiting()) < blocked {
			begin()
		}
	}
	b.ReportMetric(float64(tests)/float64(b.N), "tests/release")
}
