package graphfile

// sequence guesses which number comes next. Files of one program define the same
// things in much the same order, and a right guess saves a look into a table that
// is too large for the processor's caches.
type sequence struct {
	next []uint32 // 1 + what came after a number; at 0 what came first; 0: not known
	at   uint32   // 1 + the last number
}

// guess is a number that may come next.
func (s *sequence) guess() (uint32, bool) {
	if int(s.at) >= len(s.next) || s.next[s.at] == 0 {
		return 0, false
	}
	return s.next[s.at] - 1, true
}

// came says which number it was.
func (s *sequence) came(n uint32) {
	for int(s.at) >= len(s.next) {
		s.next = append(s.next, 0)
	}
	s.next[s.at] = n + 1
	s.at = n + 1
}

// restart is for the beginning of a file.
func (s *sequence) restart() { s.at = 0 }
