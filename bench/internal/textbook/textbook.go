// Package textbook has the banker's algorithm as the literature gives it, as rivals.
package textbook

import "slices"

// State is a state in rows of jobs and columns of resources, kept flat.
type State struct {
	M          int
	Free       []int64
	Need, Held []int64

	work  []int64
	order []int32
}

// New returns a state of n jobs without claims.
func New(n int, total []int64) *State {
	m := len(total)
	s := &State{M: m, Free: slices.Clone(total), Need: make([]int64, n*m), Held: make([]int64, n*m)}
	s.work = make([]int64, m)
	s.order = make([]int32, n)
	return s
}

// Take moves q units of r from free to j, or back if q is negative.
func (s *State) Take(j, r int, q int64) {
	s.Free[r] -= q
	s.Held[j*s.M+r] += q
	s.Need[j*s.M+r] -= q
}

// Tuned is the textbook's algorithm made as good as it gets: only jobs that hold
// something, in a list that shrinks as they finish, and an end as soon as p fits (EWD623).
// holders are the candidates.
func (s *State) Tuned(p int, holders []int32) bool {
	copy(s.work, s.Free)
	if s.fits(p) {
		return true
	}
	left := append(s.order[:0], holders...)
	for again := true; again; {
		again = false
		k := 0
		for _, j := range left {
			if !s.fits(int(j)) {
				left[k] = j
				k++
				continue
			}
			for r, h := range s.Held[int(j)*s.M:][:s.M] {
				s.work[r] += h
			}
			again = true
			if int(j) == p || s.fits(p) {
				return true
			}
		}
		left = left[:k]
	}
	return false
}

// Pass goes over the holders once, as one round of the textbook's loop does.
func (s *State) Pass(holders []int32) (finished int) {
	copy(s.work, s.Free)
	for _, j := range holders {
		if s.fits(int(j)) {
			for r, h := range s.Held[int(j)*s.M:][:s.M] {
				s.work[r] += h
			}
			finished++
		}
	}
	return finished
}

func (s *State) fits(j int) bool {
	need := s.Need[j*s.M:][:s.M]
	work := s.work[:len(need)]
	for r, n := range need {
		if n > work[r] {
			return false
		}
	}
	return true
}

// Holt is the O(nm) algorithm of Holt (Computing Surveys 4(3), 1972): jobs sorted by need
// for each resource, and a count per job of the resources that cover its need.
func (s *State) Holt(holders []int32) bool {
	n, m := len(holders), s.M
	lists := make([][]int32, m)
	for r := range lists {
		l := make([]int32, n)
		for i := range l {
			l[i] = int32(i)
		}
		slices.SortFunc(l, func(a, b int32) int {
			x, y := s.Need[int(holders[a])*m+r], s.Need[int(holders[b])*m+r]
			switch {
			case x < y:
				return -1
			case x > y:
				return 1
			}
			return 0
		})
		lists[r] = l
	}
	return s.drain(holders, lists)
}

func (s *State) drain(holders []int32, lists [][]int32) bool {
	n, m := len(holders), s.M
	work := slices.Clone(s.Free)
	unmet := make([]int, n)
	for i := range unmet {
		unmet[i] = m
	}
	next := make([]int, m)
	var ready []int32
	advance := func(r int) {
		for next[r] < n && s.Need[int(holders[lists[r][next[r]]])*m+r] <= work[r] {
			i := lists[r][next[r]]
			next[r]++
			if unmet[i]--; unmet[i] == 0 {
				ready = append(ready, i)
			}
		}
	}
	for r := range m {
		advance(r)
	}
	done := 0
	for len(ready) > 0 {
		i := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		done++
		for r, h := range s.Held[int(holders[i])*m:][:m] {
			if h > 0 {
				work[r] += h
				advance(r)
			}
		}
	}
	return done == n
}
