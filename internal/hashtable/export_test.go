package hashtable

// Cap is the number of slots, for iteration with At. Put may change it.
//
//go:norace
func (t *Table) Cap() int { return len(t.keys) }

// At returns what slot i of [0, Cap) holds; ok is false for a free slot.
// Iteration sees every key exactly once if the table is not changed meanwhile.
//
//go:norace
func (t *Table) At(i int) (key uint64, val uint32, ok bool) {
	return t.keys[i], t.vals[i], t.keys[i] != 0
}
