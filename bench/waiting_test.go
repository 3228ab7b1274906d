package bench_test

import (
	"math/rand/v2"
	"testing"

	"github.com/interlock-go/interlock/internal/safestate"
)

// BenchmarkRelease reports how many requests are tested for safety per release, with 1,000
// that wait.
func BenchmarkRelease(b *testing.B) { b.Run("impl=interlock", releases) }

func releases(b *testing.B) {
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

// BenchmarkWhale has one job that wants every unit among 127 small ones, with a bound on
// overtaking and without. In a tick every job that has its units is done with them with
// probability 1/8, and asks again.
func BenchmarkWhale(b *testing.B) {
	b.Run("impl=bounded", func(b *testing.B) { whale(b, 256) })
	b.Run("impl=unbounded", func(b *testing.B) { whale(b, -1) })
}

func whale(b *testing.B, bound int) {
	const units, small, ticks = 64, 127, 20_000
	whales, others := 0, 0
	for range b.N {
		r := rand.New(rand.NewPCG(3, 4))
		q := safestate.NewQueue([]int64{units}, bound)
		var wants [small + 1][]safestate.Amount
		var running []safestate.Job
		ask := func(j safestate.Job) {
			if o := q.Try(j, wants[j]); o == safestate.Granted {
				running = append(running, j)
			} else {
				q.Park(j, wants[j], o, &safestate.Waiter{Tag: j})
			}
		}
		for i := range wants {
			wants[i] = []safestate.Amount{{Units: 1 + r.Int64N(2)}}
			if i == small {
				wants[i][0].Units = units
			}
			j, _ := q.Register(wants[i])
			ask(j)
		}
		for range ticks {
			now := running
			running = nil
			for _, j := range now {
				if r.IntN(8) > 0 {
					running = append(running, j)
					continue
				}
				if j == small {
					whales++
				} else {
					others++
				}
				q.GiveBack(j, wants[j])
				for _, w := range q.Settled() {
					running = append(running, w.Tag.(safestate.Job))
				}
				ask(j)
			}
		}
	}
	b.ReportMetric(max(1, float64(whales)/float64(b.N))/ticks, "whales/tick")
	b.ReportMetric(float64(others)/float64(b.N)/ticks, "others/tick")
}
