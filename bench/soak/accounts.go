package main

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

var accountClass = lockorder.NewClass("account", lockorder.NestByRank)

type account struct {
	mu      mutex.Mutex
	number  int
	balance int
}

// accounts moves money between accounts: locked by number, or all at once in any order. The sum must stay, and the moves be as
// many as were counted.
func accounts(s *shift) {
	all := make([]*account, 64)
	for i := range all {
		all[i] = &account{number: i, balance: 100}
		mutex.SetClass(&all[i].mu, accountClass.Rank(int64(i)))
	}
	var ledger mutex.Mutex // always the innermost
	moved, entries := 0, 0
	s.workers(4, func(_ int, r *rand.Rand) {
		mine := 0
		for !s.over() {
			some := pick(r, all)
			unlock, ok := lockAccounts(r, some)
			if !ok {
				continue
			}
			amount := r.IntN(10)
			some[0].balance -= amount
			some[len(some)-1].balance += amount
			if r.IntN(2) == 0 {
				ledger.Lock()
				entries++
				mine++
				ledger.Unlock()
			}
			unlock()
			s.done.Add(1)
		}
		ledger.Lock()
		moved += mine
		ledger.Unlock()
	})
	sum := 0
	for _, a := range all {
		if !a.mu.TryLock() {
			s.fail("mutex: account %d is still locked", a.number)
			continue
		}
		sum += a.balance
		a.mu.Unlock()
	}
	if sum != 100*len(all) || moved != entries {
		s.fail("mutex: accounts sum up to %d, and %d of %d moves are on the books", sum, entries, moved)
	}
}

// pick returns two to four different accounts.
func pick(r *rand.Rand, all []*account) (some []*account) {
	for n := 2 + r.IntN(3); len(some) < n; {
		if a := all[r.IntN(len(all))]; !slices.Contains(some, a) {
			some = append(some, a)
		}
	}
	return some
}

// lockAccounts locks them one way or another, or gives up with none locked.
func lockAccounts(r *rand.Rand, some []*account) (unlock func(), ok bool) {
	ctx, cancel := moody(r)
	defer cancel()
	way := r.IntN(4)
	if way == 0 {
		var lockers []sync.Locker
		for _, a := range some {
			lockers = append(lockers, &a.mu)
		}
		unlock, err := mutex.LockAll(ctx, lockers...)
		return unlock, err == nil
	}
	sorted := slices.SortedFunc(slices.Values(some), func(a, b *account) int { return a.number - b.number })
	locked := 0
	unlock = func() {
		for _, i := range r.Perm(locked) {
			sorted[i].mu.Unlock()
		}
	}
	for _, a := range sorted {
		if way == 1 && !a.mu.TryLock() || way == 2 && mutex.LockContext(ctx, &a.mu) != nil {
			unlock()
			return nil, false
		}
		if way == 3 {
			a.mu.Lock()
		}
		locked++
	}
	return unlock, true
}

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
			q := new(request)
			var all sync.WaitGroup
			n := 1 + r.IntN(3)
			for range n {
				all.Go(q.serve)
			}
			all.Wait()
			if q.ran != 1 || q.seen != n {
				s.fail("fresh: once ran %d times, and %d of %d were seen", q.ran, q.seen, n)
			}
			s.done.Add(int64(n))
		}
	})
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
