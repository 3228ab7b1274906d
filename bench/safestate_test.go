package bench_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/interlock-go/interlock/bench/internal/textbook"
	"github.com/interlock-go/interlock/internal/safestate"
)

// mix is the typical mix: jobs claim up to 16 units of up to 3 resources, there are 30 %
// of what is claimed, and nearly all of it is in use.
type mix struct {
	s       *safestate.State
	book    *textbook.State
	holders []int32 // for the textbook
	at      []int32 // where in holders a job is, or -1
	r       *rand.Rand
	n       int
	req     []safestate.Amount
}

func newMix(n, m int) *mix {
	x := &mix{r: rand.New(rand.NewPCG(uint64(n), uint64(m))), n: n}
	claims := make([][]safestate.Amount, n)
	total := make([]int64, m)
	for j := range claims {
		for range 1 + x.r.IntN(3) {
			a := safestate.Amount{Resource: x.r.IntN(m), Units: 1 + x.r.Int64N(16)}
			claims[j] = append(claims[j], a)
			total[a.Resource] += a.Units
		}
	}
	for r := range total {
		total[r] = max(48, total[r]*3/10)
	}
	x.at = slices.Repeat([]int32{-1}, n)
	x.s, x.book = safestate.New(total), textbook.New(n, total)
	for j, c := range claims {
		id, o := x.s.Register(c)
		if o != safestate.Granted || int(id) != j {
			panic("claim refused")
		}
		for _, a := range c {
			x.book.Need[j*m+a.Resource] += a.Units
		}
	}
	for range 30 * n { // until refusals keep the rest free
		if j, r, q, ok := x.draw(); ok {
			x.decide(j, r, q)
		}
	}
	return x
}

// draw draws a job and what it asks for. A job that has all it claimed gives all back and
// asks for nothing; nor is ok a request for units that are not free.
func (x *mix) draw() (j safestate.Job, r int, q int64, ok bool) {
	j = safestate.Job(x.r.IntN(x.n))
	n := x.s.Claim(j)
	at := x.r.IntN(n)
	for i := range n {
		r, need, _ := x.s.At(j, (at+i)%n)
		if need > 0 {
			q = 1 + x.r.Int64N(min(need, 4))
			return j, r, q, x.s.Free(r) >= q
		}
	}
	x.req = x.req[:0]
	for i := range n {
		r, _, held := x.s.At(j, i)
		x.req = append(x.req, safestate.Amount{Resource: r, Units: held})
		x.book.Take(int(j), r, -held)
	}
	x.s.Release(j, x.req)
	x.leave(int32(j))
	return j, 0, 0, false
}

// ask draws until somebody asks for units that are free.
func (x *mix) ask() (safestate.Job, int, int64) {
	for {
		if j, r, q, ok := x.draw(); ok {
			return j, r, q
		}
	}
}

func (x *mix) decide(j safestate.Job, r int, q int64) bool {
	x.req = append(x.req[:0], safestate.Amount{Resource: r, Units: q})
	if x.s.Acquire(j, x.req) != safestate.Granted {
		return false
	}
	x.book.Take(int(j), r, q)
	if x.at[j] < 0 {
		x.at[j] = int32(len(x.holders))
		x.holders = append(x.holders, int32(j))
	}
	return true
}

// leave takes j out of holders.
func (x *mix) leave(j int32) {
	last := len(x.holders) - 1
	i, k := x.at[j], x.holders[last]
	x.holders[i], x.at[k] = k, i
	x.holders, x.at[j] = x.holders[:last], -1
}

var mixes sync.Map

func mixOf(n, m int) *mix {
	key := [2]int{n, m}
	x, ok := mixes.Load(key)
	if !ok {
		x, _ = mixes.LoadOrStore(key, newMix(n, m))
	}
	return x.(*mix)
}

// BenchmarkDecision is the mean cost of a decision on a request whose units are free.
// Both decide on the same requests in the same states; only the deciding is timed.
func BenchmarkDecision(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		for _, m := range []int{1, 16, 64} {
			b.Run(fmt.Sprintf("impl=interlock/n=%d/m=%d", n, m), func(b *testing.B) {
				b.ReportAllocs()
				decisions(b, mixOf(n, m), func(x *mix, j safestate.Job, r int, q int64) (bool, time.Duration) {
					start := time.Now()
					granted := x.decide(j, r, q)
					return granted, time.Since(start)
				})
			})
			b.Run(fmt.Sprintf("impl=textbook/n=%d/m=%d", n, m), func(b *testing.B) {
				x := mixOf(n, m)
				decisions(b, x, func(x *mix, j safestate.Job, r int, q int64) (bool, time.Duration) {
					start := time.Now()
					x.book.Take(int(j), r, q)
					safe := x.book.Tuned(int(j), x.holders)
					x.book.Take(int(j), r, -q)
					spent := time.Since(start)
					if x.decide(j, r, q) != safe {
						b.Fatal("the textbook decides otherwise")
					}
					return safe, spent
				})
			})
		}
	}
}

func decisions(b *testing.B, x *mix, decide func(*mix, safestate.Job, int, int64) (bool, time.Duration)) {
	granted := 0
	var spent time.Duration
	for range b.N {
		j, r, q := x.ask()
		yes, d := decide(x, j, r, q)
		spent += d
		if yes {
			granted++
		}
	}
	b.ReportMetric(float64(spent)/float64(b.N), "ns/op")
	b.ReportMetric(100*float64(granted)/float64(b.N), "granted%")
}
