// Package hashtable is the one hash table of the detector's cold paths.
//
// Built-in maps are instrumented by the race detector from inside the runtime,
// so they would report races, or draw happens-before edges, on the user's
// goroutines. This table is plain memory and every function here is norace; the
// caller's lock guards it.
package hashtable

// Table maps non-zero keys to 32-bit values: open addressing, linear probing,
// deletion by shifting back, so that there are no tombstones and a table with
// much churn stays as fast as a fresh one. The zero value is empty and ready.
//
// It is not safe for concurrent use.
type Table struct {
	keys []uint64 // 0 marks a free slot; len is a power of two
	vals []uint32
	n    int
}

const minSize = 8

// home is the slot at which probing for key begins. The multiplication (2⁶⁴/φ)
// spreads keys that differ in few bits; its high half is the well-mixed one.
//
//go:norace
func (t *Table) home(key uint64) int {
	key ^= key >> 32
	key *= 0x9e3779b97f4a7c15
	return int(key>>32) & (len(t.keys) - 1)
}

// Len is the number of keys.
//
//go:norace
func (t *Table) Len() int { return t.n }

// Get returns the value of key and whether there is one.
//
//go:norace
func (t *Table) Get(key uint64) (uint32, bool) {
	if t.n == 0 || key == 0 {
		return 0, false
	}
	i := t.slot(key)
	return t.vals[i], t.keys[i] == key
}

// Put sets the value of key. It panics on key 0, which marks free slots.
//
//go:norace
func (t *Table) Put(key uint64, val uint32) {
	if key == 0 {
		panic("hashtable: key 0")
	}
	if (t.n+1)*4 > len(t.keys)*3 {
		t.grow()
	}
	i := t.slot(key)
	if t.keys[i] == 0 {
		t.keys[i] = key
		t.n++
	}
	t.vals[i] = val
}

// Delete removes key and says whether it was there.
//
//go:norace
func (t *Table) Delete(key uint64) bool {
	if t.n == 0 || key == 0 {
		return false
	}
	hole := t.slot(key)
	if t.keys[hole] == 0 {
		return false
	}
	mask := len(t.keys) - 1
	for i := (hole + 1) & mask; t.keys[i] != 0; i = (i + 1) & mask {
		// A key may move back into the hole only if the hole lies between its
		// home and its slot; else probing from its home would miss it.
		if (i-t.home(t.keys[i]))&mask >= (i-hole)&mask {
			t.keys[hole], t.vals[hole] = t.keys[i], t.vals[i]
			hole = i
		}
	}
	t.keys[hole], t.vals[hole] = 0, 0
	t.n--
	return true
}

// slot is where key is, or the free slot where it would go.
//
//go:norace
func (t *Table) slot(key uint64) int {
	i := t.home(key)
	for t.keys[i] != 0 && t.keys[i] != key {
		i = (i + 1) & (len(t.keys) - 1)
	}
	return i
}

//go:norace
func (t *Table) grow() {
	keys, vals := t.keys, t.vals
	size := 2 * len(keys)
	if size == 0 {
		size = minSize
	}
	t.keys, t.vals = make([]uint64, size), make([]uint32, size)
	for i := range keys {
		if keys[i] != 0 {
			j := t.slot(keys[i])
			t.keys[j], t.vals[j] = keys[i], vals[i]
		}
	}
}
