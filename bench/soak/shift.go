package main

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// shift is what a load gets for one phase.
type shift struct {
	ctx  context.Context // ends with the phase; the load's own calls must not depend on it to come back
	rand *rand.Rand      // of the goroutine that runs the load
	done *atomic.Int64   // operations
	fail func(format string, args ...any)
}

// load is random work with one kind of primitive. It returns when the shift is over, all its goroutines have ended
// and all adds up.
type load struct {
	name string
	run  func(s *shift)
}

// loads are all of them.
var loads = []load{
	{"mutex", accounts},
	{"fresh", requests},
	{"rwmutex", tables},
	{"cond", queues},
	{"bbuf", buffers},
	{"banker", jobs},
	{"pi", tasks},
}

// over tells whether the phase has ended.
func (s *shift) over() bool { return s.ctx.Err() != nil }

// workers runs f on n goroutines with a random source each, and waits for them.
func (s *shift) workers(n int, f func(i int, r *rand.Rand)) {
	var all sync.WaitGroup
	for i := range n {
		r := fork(s.rand)
		all.Go(func() { f(i, r) })
	}
	all.Wait()
}

// fork returns a source that depends on nothing but r.
func fork(r *rand.Rand) *rand.Rand { return rand.New(rand.NewPCG(r.Uint64(), r.Uint64())) }

// moody returns a context that never ends, ended already, or ends within a millisecond.
func moody(r *rand.Rand) (context.Context, context.CancelFunc) {
	switch r.IntN(8) {
	case 0:
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		return ctx, cancel
	case 1, 2:
		return context.WithTimeout(context.Background(), time.Duration(r.IntN(1000))*time.Microsecond)
	default:
		return context.WithCancel(context.Background())
	}
}
