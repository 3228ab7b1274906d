// Package wordset is a bounded set of words that is read without a lock: a cache of what is known of
// everybody.
package wordset

import "sync/atomic"

// Set is a set of words that are spread over all bits, as fingerprints are. The zero value is empty.
//
// Has may be called at any time; the caller's lock guards Add and Clear. A reader that misses an addition
// takes what it looks for to be unknown, which must be slow and right.
type Set struct {
	at    atomic.Pointer[[]atomic.Uint64] // 0 marks a free slot
	count int
}

const (
	first = 1 << 10
	most  = 1 << 18 // then it starts afresh: forgetting costs lookups
)

// Has tells whether word is in the set.
//
//go:norace
func (s *Set) Has(word uint64) bool {
	t := s.at.Load()
	if t == nil {
		return false
	}
	mask := uint64(len(*t) - 1)
	for i := word >> 20; ; i++ {
		switch (*t)[i&mask].Load() {
		case word:
			return true
		case 0:
			return false
		}
	}
}

// Add puts word in. 0 is in no set.
//
//go:norace
func (s *Set) Add(word uint64) {
	if word == 0 || s.Has(word) {
		return
	}
	t := s.at.Load()
	if t == nil || 2*(s.count+1) > len(*t) {
		t = s.grow(t)
	}
	put(*t, word)
	s.count++
}

//go:norace
func put(t []atomic.Uint64, word uint64) {
	i := word >> 20
	for t[i&uint64(len(t)-1)].Load() != 0 {
		i++
	}
	t[i&uint64(len(t)-1)].Store(word)
}

//go:norace
func (s *Set) grow(old *[]atomic.Uint64) *[]atomic.Uint64 {
	size := first
	if old != nil {
		size = 2 * len(*old)
	}
	if size > most {
		s.Clear()
		size, old = first, nil
	}
	t := make([]atomic.Uint64, size)
	if old != nil {
		for i := range *old {
			if word := (*old)[i].Load(); word != 0 {
				put(t, word)
			}
		}
	}
	s.at.Store(&t)
	return &t
}

// Clear forgets everything.
//
//go:norace
func (s *Set) Clear() {
	s.at.Store(nil)
	s.count = 0
}
