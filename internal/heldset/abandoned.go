package heldset

import "github.com/interlock-go/interlock/internal/hashtable"

// Abandoned is what goroutines that have finished still hold, as far as that is known. Its locks may
// yet be released by others. The zero value is empty. It is not safe for concurrent use.
type Abandoned struct {
	byKey hashtable.Table // hold's key → index in all of the last one with it
	all   []Left          // key 0: free
}

// Left is a hold of a goroutine that has finished.
type Left struct {
	Key       uint64
	PC        uintptr
	Goroutine uint64
	next      uint32 // 1 + index of another hold with this key: many can read one lock; 0 ends
}

// Put adds a hold, whose key has no flag Unbound.
//
//go:norace
func (a *Abandoned) Put(h Left) {
	i := 0
	for i < len(a.all) && a.all[i].Key != 0 {
		i++
	}
	if i == len(a.all) {
		grown := make([]Left, 2*i+8)
		for j, old := range a.all {
			grown[j] = old
		}
		a.all = grown
	}
	h.next = 0
	if last, ok := a.byKey.Get(h.Key); ok {
		h.next = last + 1
	}
	a.all[i] = h
	a.byKey.Put(h.Key, uint32(i))
}

// Take takes out a hold with the key and reports false if there is none.
//
//go:norace
func (a *Abandoned) Take(key uint64) bool {
	i, ok := a.byKey.Get(key)
	if !ok {
		return false
	}
	if next := a.all[i].next; next != 0 {
		a.byKey.Put(key, next-1)
	} else {
		a.byKey.Delete(key)
	}
	a.all[i] = Left{}
	return true
}

// Slots is the bound of At's index.
//
//go:norace
func (a *Abandoned) Slots() int { return len(a.all) }

// At returns what is in a slot; nothing is if its Key is 0.
//
//go:norace
func (a *Abandoned) At(slot int) Left { return a.all[slot] }
