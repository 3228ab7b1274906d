package main

import (
	"context"
	"math/rand/v2"

	"github.com/interlock-go/interlock/mutex"
)

// table is read and written; both halves are always equal.
type table struct {
	mu          mutex.RWMutex
	left, right int
}

// tables reads one table, or two of them in order, and writes now and then.
func tables(s *shift) {
	var a, b table
	written := make([]int, 4)
	s.workers(len(written), func(i int, r *rand.Rand) {
		for !s.over() {
			ctx, cancel := moody(r)
			switch r.IntN(8) {
			case 0:
				if mutex.LockContext(ctx, &a.mu) == nil {
					written[i]++
					a.write(r)
					a.mu.Unlock()
				}
			case 1:
				a.mu.RLock()
				b.mu.Lock()
				written[i]++
				b.write(r)
				b.mu.Unlock()
				a.mu.RUnlock()
			case 2:
				if unlock, err := mutex.LockAll(ctx, &b.mu, a.mu.RLocker()); err == nil {
					written[i]++
					b.write(r)
					a.read(s)
					unlock()
				}
			case 3:
				if a.mu.TryRLock() {
					a.read(s)
					a.mu.RUnlock()
				}
			case 4:
				if mutex.RLockContext(ctx, &b.mu) == nil {
					b.read(s)
					b.mu.RUnlock()
				}
			default:
				readBoth(ctx, s, &a, &b)
			}
			cancel()
			s.done.Add(1)
		}
	})
	total := 0
	for _, n := range written {
		total += n
	}
	if a.left+b.left != total {
		s.fail("rwmutex: %d of %d writes are there", a.left+b.left, total)
	}
}

func readBoth(ctx context.Context, s *shift, a, b *table) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	a.read(s)
	if mutex.RLockContext(ctx, &b.mu) == nil {
		defer b.mu.RUnlock()
		b.read(s)
	}
}

func (t *table) write(r *rand.Rand) {
	t.left++
	for range r.IntN(50) {
		_ = r.Uint64() // keeps the halves apart for a moment
	}
	t.right++
}

func (t *table) read(s *shift) {
	if t.left != t.right {
		s.fail("rwmutex: read %d and %d in the middle of a write", t.left, t.right)
	}
}
