package oracle

import "iter"

// Universe is a set of programs, all of which are tried.
type Universe struct {
	Name       string
	Goroutines int         // in each program
	Choices    []Goroutine // programs are the multisets of them
}

// Size is the number of programs.
func (u Universe) Size() int {
	size := 1
	for i := range u.Goroutines {
		size = size * (len(u.Choices) + i) / (i + 1)
	}
	return size
}

// Programs yields them. A yielded program is valid until the next one.
func (u Universe) Programs() iter.Seq[Program] {
	return func(yield func(Program) bool) {
		pick(u.Choices, make(Program, u.Goroutines), 0, 0, yield)
	}
}

func pick(choices []Goroutine, p Program, n, from int, yield func(Program) bool) bool {
	if n == len(p) {
		return yield(p)
	}
	for i := from; i < len(choices); i++ {
		p[n] = choices[i]
		if !pick(choices, p, n+1, i, yield) {
			return false
		}
	}
	return true
}

// locks is how many locks the programs of the universes have.
const locks = 3

// Universes are the 500,469 programs that the rule was found exact on.
func Universes() []Universe {
	modes := []Kind{Lock, RLock, TryLock}
	twice := Twice([]Kind{Lock, RLock}, func(outer, inner Kind) bool { return outer != RLock || inner != RLock })
	short := do(append(Nested(modes, 2), twice...))
	deep := do(append(Nested(modes, 3), twice...))
	return []Universe{
		{"one goroutine", 1, short},
		{"two goroutines", 2, short},
		{"three goroutines", 3, short},
		{"two goroutines, depth 3", 2, deep},
		{"two goroutines, two sections", 2, TwoSections(Nested([]Kind{Lock, RLock}, 2))},
	}
}

// WideUniverses have TryRLock as well, and every way to take one lock twice.
func WideUniverses() []Universe {
	modes := []Kind{Lock, RLock, TryLock, TryRLock}
	all := func(Kind, Kind) bool { return true }
	wide := do(append(Nested(modes, 2), Twice(modes, all)...))
	threes := do(append(Nested(modes[:3], 2), Twice(modes[:3], all)...))
	return []Universe{
		{"one goroutine, wide", 1, wide},
		{"two goroutines, wide", 2, wide},
		{"three goroutines, every pair", 3, threes},
		{"two goroutines, two sections, every pair", 2, TwoSections(append(Nested(modes[:2], 1), Twice(modes[:2], all)...))},
	}
}

// Nested is every section of 1 to depth acquisitions of distinct locks.
func Nested(modes []Kind, depth int) []Section {
	var all []Section
	level := []Section{nil}
	for range depth {
		var deeper []Section
		for _, s := range level {
			for lock := range uint8(locks) {
				if s.has(lock) {
					continue
				}
				for _, m := range modes {
					deeper = append(deeper, append(s[:len(s):len(s)], Acquire{m, lock}))
				}
			}
		}
		all = append(all, deeper...)
		level = deeper
	}
	return all
}

func (s Section) has(lock uint8) bool {
	for _, a := range s {
		if a.Lock == lock {
			return true
		}
	}
	return false
}

// Twice is every section that takes one lock twice, in the modes that keep wants.
func Twice(modes []Kind, keep func(outer, inner Kind) bool) []Section {
	var all []Section
	for lock := range uint8(locks) {
		for _, outer := range modes {
			for _, inner := range modes {
				if keep(outer, inner) {
					all = append(all, Section{{outer, lock}, {inner, lock}})
				}
			}
		}
	}
	return all
}

// TwoSections is every goroutine that runs one of the sections and then one of them.
func TwoSections(sections []Section) []Goroutine {
	var all []Goroutine
	for _, s := range sections {
		for _, t := range sections {
			all = append(all, Do(s, t))
		}
	}
	return all
}

func do(sections []Section) []Goroutine {
	all := make([]Goroutine, len(sections))
	for i, s := range sections {
		all[i] = Do(s)
	}
	return all
}
