package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/interlock-go/interlock/bbuf"
)

// item is the n'th of a producer.
type item struct{ by, n int }

// books are what went in and came out, of one side's goroutine each.
type books struct{ count, sum int }

func (b *books) note(i item) {
	b.count++
	b.sum += i.n*31 + i.by
}

func (b *books) add(more books) {
	b.count += more.count
	b.sum += more.sum
}

// order checks that the items of each producer come in their order.
type order [4]int

func (o *order) check(s *shift, i item) {
	if i.n <= o[i.by] {
		s.fail("bbuf: item %d of producer %d came after item %d", i.n, i.by, o[i.by])
	}
	o[i.by] = i.n
}

// buffers uses one buffer after the other, of any size.
func buffers(s *shift) {
	for !s.over() {
		size := 1 + s.rand.IntN(12)
		if s.rand.IntN(2) == 0 {
			size = 1 + s.rand.IntN(300)
		}
		buffer(s, size, s.rand.IntN(2) == 0)
	}
}

// buffer has a buffer used for a short while, and closed at its end. With patient, all are registered and wait for as
// long as it takes, else calls give up and items are drained.
func buffer(s *shift, size int, patient bool) {
	b := bbuf.New[item](size)
	until := time.Now().Add(time.Duration(20+s.rand.IntN(300)) * time.Millisecond)
	var in, out [4]books
	var producers, all sync.WaitGroup
	var registered sync.WaitGroup
	registered.Add(len(in) + len(out))
	for i := range in {
		r := fork(s.rand)
		producers.Add(1)
		all.Go(func() {
			if patient {
				defer b.Producer()()
			}
			registered.Done()
			registered.Wait()
			n := 0
			for time.Now().Before(until) {
				put(s, b, r, patient, i, &n, &in[i])
			}
			producers.Done()
			producers.Wait()
			b.Close() // by who has said that it produces
		})
	}
	for i := range out {
		r := fork(s.rand)
		all.Go(func() {
			if patient {
				defer b.Consumer()()
			}
			registered.Done()
			registered.Wait()
			for seen := new(order); get(s, b, r, patient, seen, &out[i]); {
			}
		})
	}
	all.Wait()
	var put, got books
	for i := range in {
		put.add(in[i])
		got.add(out[i])
	}
	if put != got || b.Len() != 0 {
		s.fail("bbuf: put %v, got %v, left %d (size %d, patient: %v)", put, got, b.Len(), size, patient)
	}
	s.done.Add(int64(put.count))
}

// ends returns a context for one call.
func ends(r *rand.Rand, patient bool) (context.Context, context.CancelFunc) {
	if patient {
		return context.Background(), func() {}
	}
	return moody(r)
}

// put puts an item or some, and notes those that were accepted.
func put(s *shift, b *bbuf.Buffer[item], r *rand.Rand, patient bool, by int, n *int, in *books) {
	ctx, cancel := ends(r, patient)
	defer cancel()
	some := make([]item, 1+r.IntN(5))
	for i := range some {
		some[i] = item{by, *n + 1 + i}
	}
	*n += len(some)
	accepted := 0
	var err error
	switch r.IntN(3) {
	case 0:
		accepted, err = b.PutN(ctx, some)
	case 1:
		if err = b.Put(ctx, some[0]); err == nil {
			accepted = 1
		}
	case 2:
		if err = b.TryPut(some[0]); err == nil {
			accepted = 1
		}
	}
	for _, i := range some[:accepted] {
		in.note(i)
	}
	if errors.Is(err, bbuf.ErrClosed) {
		s.fail("bbuf: closed before its end")
	}
}

// get takes an item or some, and reports false at the end.
func get(s *shift, b *bbuf.Buffer[item], r *rand.Rand, patient bool, seen *order, out *books) bool {
	ctx, cancel := ends(r, patient)
	defer cancel()
	var err error
	some := make([]item, 1+r.IntN(5))
	n := 0
	switch r.IntN(6) {
	case 0:
		n, err = b.GetN(ctx, some)
	case 1:
		if some[0], err = b.TryGet(); err == nil {
			n = 1
		}
	case 2:
		some = b.Drain()
		n = len(some)
	case 3:
		left := 1 + r.IntN(5)
		for i := range b.All(ctx) {
			seen.check(s, i)
			out.note(i)
			if left--; left == 0 {
				break
			}
		}
	default:
		if some[0], err = b.Get(ctx); err == nil {
			n = 1
		}
	}
	for _, i := range some[:n] {
		seen.check(s, i)
		out.note(i)
	}
	return !errors.Is(err, bbuf.ErrClosed)
}
