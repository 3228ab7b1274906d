package safestate

// Pin puts j at the first place of the order where its whole need fits. As long as it is
// pinned, nothing is granted that would take this from it, to j itself neither: j keeps its place, and nobody
// gets in front of it who was not there. The jobs in front of it can go on, since they
// need nobody behind it; when they are done, j's need is free. At most one job is pinned.
func (s *State) Pin(j Job) {
	s.Unpin()
	s.asks = s.asks[:0]
	s.seek(j, true)
	s.pin = j
}

// Unpin lets go of the pinned job, if there is one.
func (s *State) Unpin() {
	if p := s.pin; p != None {
		s.pin = None
		s.settle(p)
	}
}

// Pinned returns the pinned job or None.
func (s *State) Pinned() Job { return s.pin }

// Order calls yield with the holders, and the pinned job, in a safe order.
func (s *State) Order(yield func(Job) bool) {
	for _, b := range s.order.seq {
		for _, j := range s.order.blocks[b].jobs {
			if !yield(j) {
				return
			}
		}
	}
}
