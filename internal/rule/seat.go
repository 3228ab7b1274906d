package rule

// seat gives path[n] a goroutine that none of those before it has, moving them
// to other goroutines of theirs if need be: a matching, grown by augmenting paths
// (H. Kuhn, 1955). When path[n] leaves, what is left is still a matching, so
// backtracking undoes nothing.
//
//go:norace
func (b *Base) seat(n int) bool {
	s := &b.find
	if b.dep(s.path[n]).NG == manyGs {
		return true
	}
	s.round++
	return b.augment(n, n)
}

//go:norace
func (b *Base) augment(p, last int) bool {
	s := &b.find
	d := b.dep(s.path[p])
	for i := 0; i < int(d.NG); i++ {
		if s.sitter(d.Gs[i], last) < 0 {
			s.gs[p], s.has[p] = d.Gs[i], true
			return true
		}
	}
	for i := 0; i < int(d.NG); i++ {
		q := s.sitter(d.Gs[i], last)
		if q == p || s.tried[q] == s.round {
			continue
		}
		s.tried[q] = s.round
		if b.augment(q, last) {
			s.gs[p], s.has[p] = d.Gs[i], true
			return true
		}
	}
	return false
}

// sitter is who of path[:last+1] has goroutine g, -1 if nobody.
//
//go:norace
func (s *search) sitter(g uint64, last int) int {
	for i := 0; i <= last; i++ {
		if s.has[i] && s.gs[i] == g {
			return i
		}
	}
	return -1
}

// reserve makes room for a path of n dependencies. Between attempts there is
// nothing in it to keep.
//
//go:norace
func (s *search) reserve(n int) {
	if n <= len(s.path) {
		return
	}
	n = max(n, 2*len(s.path), 16)
	s.path, s.vias = make([]DepID, n), make([]int32, n)
	s.gs, s.has = make([]uint64, n), make([]bool, n)
	s.tried, s.round = make([]uint32, n), 0
}
