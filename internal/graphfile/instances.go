package graphfile

// instances is a set of numbers that mostly lie close together.
type instances struct {
	pages map[uint64]*page
	last  *page
	at    uint64 // number of the last page
	n     int
}

type page [512]uint64

func (s *instances) add(n uint64) {
	const bits = 64 * uint64(len(page{}))
	if s.last == nil || s.at != n/bits {
		if s.pages == nil {
			s.pages = map[uint64]*page{}
		}
		s.at = n / bits
		if s.pages[s.at] == nil {
			s.pages[s.at] = new(page)
		}
		s.last = s.pages[s.at]
	}
	word, bit := &s.last[n%bits/64], uint64(1)<<(n%64)
	if *word&bit == 0 {
		*word |= bit
		s.n++
	}
}
