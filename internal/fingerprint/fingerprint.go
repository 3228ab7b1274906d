// Package fingerprint names what the detector tells apart (stacks, orders, findings) by numbers of 64
// bits, which are equal for equal things in one build of a program.
package fingerprint

// Word folds a word into h (FNV-1a, a word at a time, and its high half into its low one). The result is never 0.
//
//go:norace
func Word(h, w uint64) uint64 {
	h = (h ^ w) * 0x9e3779b97f4a7c15
	h ^= h >> 32
	if h == 0 {
		h = 1
	}
	return h
}

// Addresses folds all of them into h.
//
//go:norace
func Addresses(h uint64, pcs []uintptr) uint64 {
	for _, pc := range pcs {
		h = Word(h, uint64(pc))
	}
	return h
}

// Place names a line of a file. Of a hundred thousand places two have one name with odds of one in
// four thousand million.
//
//go:norace
func Place(file string, line int) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(file) {
		h = (h ^ uint64(file[i])) * 1099511628211
	}
	return Word(h, uint64(line))
}
