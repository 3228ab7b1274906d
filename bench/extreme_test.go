package bench_test

import (
	"testing"

	"github.com/interlock-go/interlock/bench/internal/textbook"
	"github.com/interlock-go/interlock/internal/safestate"
)

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
		b.ReportAllocs()
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

// BenchmarkStuck refuses requests after which nobody could finish. Every job but one needs
// more than is free; that one needs all that is free, and has what the others lack.
func BenchmarkStuck(b *testing.B) {
	const n, m = 10_000, 64
	total := make([]int64, m)
	for r := range total {
		total[r] = 3 // one free, two held by the one that can finish
	}
	for j := 1; j < n; j++ {
		total[j%m]++
	}
	s, book := safestate.New(total), textbook.New(n, total)
	var holders []int32
	take := func(j int, need, held int64, resources ...int) {
		var claim, ask []safestate.Amount
		for _, r := range resources {
			claim = append(claim, safestate.Amount{Resource: r, Units: need + held})
			ask = append(ask, safestate.Amount{Resource: r, Units: held})
			book.Need[j*m+r] = need + held
			book.Take(j, r, held)
		}
		if id, o := s.Register(claim); o != safestate.Granted || int(id) != j || s.Acquire(id, ask) != safestate.Granted {
			b.Fatal("the state is not safe")
		}
		holders = append(holders, int32(j))
	}
	all := make([]int, m)
	for r := range all {
		all[r] = r
	}
	take(0, 1, 2, all...)
	for j := 1; j < n; j++ {
		take(j, 2, 1, j%m)
	}
	one := make([]safestate.Amount, 1)
	b.Run("impl=interlock", func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			j := 1 + i*7919%(n-1)
			one[0] = safestate.Amount{Resource: j % m, Units: 1}
			if s.Acquire(safestate.Job(j), one) != safestate.Unsafe {
				b.Fatal("not everybody is stuck")
			}
		}
	})
	b.Run("impl=pass", func(b *testing.B) {
		for i := range b.N {
			j := 1 + i*7919%(n-1)
			book.Take(j, j%m, 1)
			if book.Pass(holders) != 0 {
				b.Fatal("not everybody is stuck")
			}
			book.Take(j, j%m, -1)
		}
	})
}
