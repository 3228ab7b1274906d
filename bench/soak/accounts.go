package main

import (
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
