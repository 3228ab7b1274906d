package engine

import "github.com/interlock-go/interlock/internal/hashtable"

// depot keeps each distinct stack once: a program has few of them, and many orders.
type depot struct {
	byHash hashtable.Table
	stacks [][]uintptr // 0 is the empty stack
	n      uint32
}

// intern returns the number of a stack. Two stacks with one 64-bit hash would pass
// for one; at a million stacks the odds are one in ten million.
//
//go:norace
func (d *depot) intern(pcs []uintptr) uint32 {
	if len(pcs) == 0 {
		return 0
	}
	h := hashPCs(1, pcs)
	if i, ok := d.byHash.Get(h); ok {
		return i
	}
	if int(d.n)+1 >= len(d.stacks) {
		grown := make([][]uintptr, 2*len(d.stacks)+64)
		for i := range d.stacks {
			grown[i] = d.stacks[i]
		}
		d.stacks = grown
	}
	d.n++
	kept := make([]uintptr, len(pcs))
	for i, pc := range pcs {
		kept[i] = pc
	}
	d.stacks[d.n] = kept
	d.byHash.Put(h, d.n)
	return d.n
}

// get returns the stack with a number. It must not be changed.
//
//go:norace
func (d *depot) get(i uint32) []uintptr {
	if i == 0 {
		return nil
	}
	return d.stacks[i]
}

// hashPCs folds pcs into h (FNV-1a, a word at a time); the result is never 0.
//
//go:norace
func hashPCs(h uint64, pcs []uintptr) uint64 {
	for _, pc := range pcs {
		h = hashWord(h, uint64(pc))
	}
	return h
}

//go:norace
func hashWord(h, w uint64) uint64 {
	h = (h ^ w) * 0x9e3779b97f4a7c15
	h ^= h >> 32
	if h == 0 {
		h = 1
	}
	return h
}
