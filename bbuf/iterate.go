package bbuf

import (
	"context"
	"iter"
)

// All returns an iterator that takes one item a step, as Get does, and ends when ctx is done or the buffer is
// closed and drained. Leaving the loop early, by break or by a panic, loses nothing: the
// item of that step has been given to the loop's body, and no other has been taken.
func (b *Buffer[T]) All(ctx context.Context) iter.Seq[T] {
	b.check()
	return func(yield func(T) bool) {
		for {
			v, err := b.Get(ctx)
			if err != nil || !yield(v) {
				return
			}
		}
	}
}

// Batches returns an iterator that takes up to size items a step, as GetN does, and ends like that of All.
// The slice is used again in the next step. Leaving the loop early loses nothing but what the
// body leaves of its slice. It panics if size is below 1.
func (b *Buffer[T]) Batches(ctx context.Context, size int) iter.Seq[[]T] {
	b.check()
	if size < 1 {
		panic("bbuf: batch size below 1")
	}
	return func(yield func([]T) bool) {
		batch := make([]T, min(size, len(b.slots)))
		for {
			n, err := b.GetN(ctx, batch)
			if err != nil || !yield(batch[:n]) {
				return
			}
			clear(batch[:n]) // or it would keep alive what the body has done with
		}
	}
}
