//go:build amd64 && !race

package lockword

// release stores so that whoever sees v also sees what was written before. These
// processors keep stores in order, and so does the compiler, whose every store depends on the memory
// that the one before it left. The fence of an atomic store, half the price of an
// operation on an uncontended word, is not needed: the store only has to come last.
func release(p *uint64, v uint64) { *p = v }
