package engine

import "sync/atomic"

// knownSet is the set of orders known of everybody. It is read without a lock; the
// engine's lock guards additions. A reader that misses an addition looks the order up
// again, which is slow and right.
type knownSet struct {
	at    atomic.Pointer[[]atomic.Uint64]
	count int
}

var known knownSet

const (
	firstKnown = 1 << 10
	mostKnown  = 1 << 18 // then it starts afresh: forgetting costs lookups, not findings
)

//go:norace
func (k *knownSet) has(order uint64) bool {
	t := k.at.Load()
	if t == nil {
		return false
	}
	mask := uint64(len(*t) - 1)
	for i := order >> 20; ; i++ {
		switch (*t)[i&mask].Load() {
		case order:
			return true
		case 0:
			return false
		}
	}
}

// add puts order in. The caller holds the engine's lock.
//
//go:norace
func (k *knownSet) add(order uint64) {
	if order == 0 || k.has(order) {
		return
	}
	t := k.at.Load()
	if t == nil || 2*(k.count+1) > len(*t) {
		t = k.grow(t)
	}
	put(*t, order)
	k.count++
}

//go:norace
func put(t []atomic.Uint64, order uint64) {
	i := order >> 20
	for t[i&uint64(len(t)-1)].Load() != 0 {
		i++
	}
	t[i&uint64(len(t)-1)].Store(order)
}

//go:norace
func (k *knownSet) grow(old *[]atomic.Uint64) *[]atomic.Uint64 {
	size := firstKnown
	if old != nil {
		size = 2 * len(*old)
	}
	if size > mostKnown {
		k.clear()
		size, old = firstKnown, nil
	}
	t := make([]atomic.Uint64, size)
	if old != nil {
		for i := range *old {
			if order := (*old)[i].Load(); order != 0 {
				put(t, order)
			}
		}
	}
	k.at.Store(&t)
	return &t
}

// clear forgets everything.
//
//go:norace
func (k *knownSet) clear() {
	k.at.Store(nil)
	k.count = 0
}
