// Package stackdepot keeps each distinct stack once, under a small number: a program has few of them, and
// many orders and holds that refer to them.
package stackdepot

import (
	"github.com/interlock-go/interlock/internal/fingerprint"
	"github.com/interlock-go/interlock/internal/hashtable"
)

// Depot is a set of numbered stacks. The zero value has the empty one, number 0. It is not safe for
// concurrent use, and forgets nothing.
type Depot struct {
	byHash hashtable.Table
	stacks [][]uintptr
	n      uint32
}

// Intern returns the number of a stack, which it copies. Two stacks with one 64-bit hash would pass
// for one; at a million stacks the odds are one in ten million.
//
//go:norace
func (d *Depot) Intern(pcs []uintptr) uint32 {
	if len(pcs) == 0 {
		return 0
	}
	h := fingerprint.Addresses(1, pcs)
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

// Get returns the stack with a number. It must not be changed.
//
//go:norace
func (d *Depot) Get(number uint32) []uintptr {
	if number == 0 {
		return nil
	}
	return d.stacks[number]
}
