package main

import (
	"math/rand/v2"
	"sync"

	"github.com/interlock-go/interlock/mutex"
)

// request has locks of its own, which go with it.
type request struct {
	header, body, trailer mutex.Mutex
	once                  mutex.Once
	ran, seen             int
}

// requests makes locks without end, a few goroutines each, nested in the order of their declaration.
func requests(s *shift) {
	s.workers(2, func(_ int, r *rand.Rand) {
		for !s.over() {
			s.done.Add(int64(handle(r, s.fail)))
		}
	})
}

// handle has a request served by some goroutines, and returns how many.
func handle(r *rand.Rand, fail func(string, ...any)) int {
	q := new(request)
	var all sync.WaitGroup
	n := 1 + r.IntN(3)
	for range n {
		all.Go(q.serve)
	}
	all.Wait()
	if q.ran != 1 || q.seen != n {
		fail("fresh: once ran %d times, and %d of %d were seen", q.ran, q.seen, n)
	}
	return n
}

func (q *request) serve() {
	q.header.Lock()
	defer q.header.Unlock()
	q.body.Lock()
	defer q.body.Unlock()
	q.once.Do(func() {
		q.trailer.Lock()
		defer q.trailer.Unlock()
		q.ran++
	})
	q.seen++
}
