package bench_test

import (
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/interlock-go/interlock/bench/internal/textbook"
	"github.com/interlock-go/interlock/internal/safestate"
)

// decided is how many decisions a stream has.
const decided = 20_000

// event is a decision on a request whose units are free, or the return of units.
type event struct {
	job      safestate.Job
	amount   [1]safestate.Amount
	returned bool
	granted  bool
}

// stream is a state and what is decided from then on, so that every implementation can be
// given the same requests in the same states.
//
// It is of the typical mix: jobs claim up to 16 units of up to 3 resources, there are 30 %
// of what is claimed, and nearly all of it is in use.
type stream struct {
	m      int
	total  []int64
	claims [][]safestate.Amount
	order  []safestate.Job      // who holds something at the beginning, in a safe order
	held   [][]safestate.Amount // what, by job
	events []event
}

// recorder is who makes a stream.
type recorder struct {
	*stream
	s *safestate.State
	r *rand.Rand
}

func newStream(n, m int) *stream {
	x := &recorder{stream: &stream{m: m, total: make([]int64, m)}, r: rand.New(rand.NewPCG(uint64(n), uint64(m)))}
	for range n {
		var claim []safestate.Amount
		for range 1 + x.r.IntN(3) {
			a := safestate.Amount{Resource: x.r.IntN(m), Units: 1 + x.r.Int64N(16)}
			claim = append(claim, a)
			x.total[a.Resource] += a.Units
		}
		x.claims = append(x.claims, claim)
	}
	for r := range x.total {
		x.total[r] = max(48, x.total[r]*3/10)
	}
	x.s = x.registered()
	for range 30 * n { // until refusals keep the rest free
		x.step()
	}
	x.order = slices.Collect(x.s.Order)
	x.held = make([][]safestate.Amount, n)
	for _, j := range x.order {
		x.held[j] = held(x.s, j)
	}
	x.events = x.events[:0]
	for n := 0; n < decided; {
		if x.step() {
			n++
		}
	}
	return x.stream
}

// registered returns the state in which everybody has a claim and nobody holds anything.
func (x *stream) registered() *safestate.State {
	s := safestate.New(x.total)
	for j, c := range x.claims {
		if id, o := s.Register(c); o != safestate.Granted || int(id) != j {
			panic("claim refused")
		}
	}
	return s
}

func held(s *safestate.State, j safestate.Job) (all []safestate.Amount) {
	for i := range s.Claim(j) {
		if r, _, h := s.At(j, i); h > 0 {
			all = append(all, safestate.Amount{Resource: r, Units: h})
		}
	}
	return all
}

// step lets a job ask for units and tells whether there was something to decide. A job
// that has all it claimed gives all back instead.
func (x *recorder) step() bool {
	j := safestate.Job(x.r.IntN(len(x.claims)))
	n := x.s.Claim(j)
	at := x.r.IntN(n)
	for i := range n {
		r, need, _ := x.s.At(j, (at+i)%n)
		if need == 0 {
			continue
		}
		e := event{job: j}
		e.amount[0] = safestate.Amount{Resource: r, Units: 1 + x.r.Int64N(min(need, 4))}
		if x.s.Free(r) < e.amount[0].Units {
			return false
		}
		e.granted = x.s.Acquire(j, e.amount[:]) == safestate.Granted
		x.events = append(x.events, e)
		return true
	}
	for _, a := range held(x.s, j) {
		x.s.Release(j, []safestate.Amount{a})
		x.events = append(x.events, event{job: j, amount: [1]safestate.Amount{a}, returned: true})
	}
	return false
}

// state returns the state at the beginning. Who acquires what it holds in the reverse of a
// safe order leaves its whole need free.
func (x *stream) state() *safestate.State {
	s := x.registered()
	for _, j := range slices.Backward(x.order) {
		if s.Acquire(j, x.held[j]) != safestate.Granted {
			panic("the order is not safe")
		}
	}
	return s
}

// book returns the same for the textbook, and the holders.
func (x *stream) book() (*textbook.State, []int32) {
	book := textbook.New(len(x.claims), x.total)
	for j, c := range x.claims {
		for _, a := range c {
			book.Need[j*x.m+a.Resource] += a.Units
		}
	}
	var holders []int32
	for _, j := range x.order {
		holders = append(holders, int32(j))
		for _, a := range x.held[j] {
			book.Take(int(j), a.Resource, a.Units)
		}
	}
	slices.Sort(holders)
	return book, holders
}

var streams sync.Map

func streamOf(n, m int) *stream {
	key := [2]int{n, m}
	x, ok := streams.Load(key)
	if !ok {
		x, _ = streams.LoadOrStore(key, newStream(n, m))
	}
	return x.(*stream)
}
