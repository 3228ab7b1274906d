package main

import (
	"math/rand/v2"
	"sync"
	"time"

	"github.com/interlock-go/interlock/cond"
	"github.com/interlock-go/interlock/mutex"
)

// queue is a bounded buffer as one makes it with conditions.
type queue struct {
	mu          mutex.Mutex
	room, items *cond.Cond
	at          []item
	closed      bool
}

// queues uses one queue after the other.
func queues(s *shift) {
	for !s.over() {
		queueOnce(s, s.rand.IntN(2) == 0)
	}
}

// queueOnce is to queues what buffer is to buffers.
func queueOnce(s *shift, patient bool) {
	q := &queue{}
	q.room, q.items = cond.New(&q.mu), cond.New(&q.mu)
	until := time.Now().Add(time.Duration(20+s.rand.IntN(200)) * time.Millisecond)
	size := 1 + s.rand.IntN(4)
	var in, out [3]books
	var registered, producers, all sync.WaitGroup
	registered.Add(len(in) + len(out))
	for i := range in {
		r := fork(s.rand)
		producers.Add(1)
		all.Go(func() {
			if patient {
				defer q.items.Signaller()()
			}
			registered.Done()
			registered.Wait()
			for n := 1; time.Now().Before(until); n++ {
				if q.put(r, size, patient, item{i, n}) {
					in[i].note(item{i, n})
				}
			}
			producers.Done()
			producers.Wait()
			q.mu.Lock()
			q.closed = true
			q.mu.Unlock()
			q.items.Broadcast()
		})
	}
	for i := range out {
		r := fork(s.rand)
		all.Go(func() {
			if patient {
				defer q.room.Signaller()()
			}
			registered.Done()
			registered.Wait()
			for q.get(r, patient, &out[i]) {
			}
		})
	}
	all.Wait()
	var put, got books
	for i := range in {
		put.add(in[i])
		got.add(out[i])
	}
	if put != got || len(q.at) > 0 {
		s.fail("cond: put %v, got %v, left %d", put, got, len(q.at))
	}
	s.done.Add(int64(put.count))
}

// wait waits for c until pred holds, and reports whether it does; q.mu is held.
func (q *queue) wait(c *cond.Cond, r *rand.Rand, patient bool, pred func() bool) bool {
	if patient {
		for !pred() {
			c.Wait()
		}
		return true
	}
	if r.IntN(4) == 0 {
		_ = c.WaitUntil(time.Now().Add(time.Duration(r.IntN(500)) * time.Microsecond))
		return pred()
	}
	ctx, cancel := moody(r)
	defer cancel()
	return c.WaitFor(ctx, pred) == nil
}

func (q *queue) put(r *rand.Rand, size int, patient bool, i item) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.wait(q.room, r, patient, func() bool { return len(q.at) < size }) {
		return false
	}
	q.at = append(q.at, i)
	q.items.Signal()
	return true
}

// get takes an item, and reports false when there will be no more.
func (q *queue) get(r *rand.Rand, patient bool, out *books) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.wait(q.items, r, patient, func() bool { return len(q.at) > 0 || q.closed }) {
		return true
	}
	if len(q.at) == 0 {
		return false
	}
	out.note(q.at[0])
	q.at = q.at[1:]
	q.room.Signal()
	return true
}
