package safestate

import "slices"

// postpone defers j, which lacks units of r.
func (s *State) postpone(j Job, r int32, need int64) {
	w := &s.walk
	w.deferred = append(w.deferred, deferral{job: j})
	w.open++
	push(&w.tracks[r].waiting, wait{need, int32(len(w.deferred) - 1)})
}

// comeBack lets deferred jobs fit again where the blocks below rank, and what was met of
// the next one, are counted. It is asked at the ends of blocks, and before the pinned
// job (ahead) is found not to fit.
func (s *State) comeBack(rank int32, ahead bool) {
	w := &s.walk
	for again := w.open > 0; again; {
		again = false
		for i := 0; i < len(w.lost); i++ {
			t := s.at(w.lost[i], rank)
			for len(t.waiting) > 0 && t.waiting[0].need <= t.work-t.gone {
				if s.tryBack(pop(&t.waiting).deferral, rank, ahead) {
					again = true
				}
			}
		}
	}
}

// tryBack lets a deferred job fit again, or wait for another resource that it lacks.
func (s *State) tryBack(deferral, rank int32, ahead bool) bool {
	w := &s.walk
	d := &w.deferred[deferral]
	us, kinds := s.of(d.job)
	for e, u := range us {
		if u.need == 0 {
			continue
		}
		if t := s.at(kinds[e], rank); u.need > t.work-t.gone {
			push(&t.waiting, wait{u.need, deferral})
			return false
		}
	}
	for e, u := range us {
		if u.held > 0 {
			w.tracks[kinds[e]].gone -= u.held
		}
	}
	d.back = true
	w.open--
	w.backs = append(w.backs, back{d.job, s.order.seq[w.rank], ahead})
	return true
}

// push and pop keep a heap with the least need on top.
func push(h *[]wait, x wait) {
	a := append(*h, x)
	*h = a
	for i := len(a) - 1; i > 0; {
		up := (i - 1) / 2
		if a[up].need <= a[i].need {
			return
		}
		a[up], a[i] = a[i], a[up]
		i = up
	}
}

func pop(h *[]wait) wait {
	a := *h
	top, n := a[0], len(a)-1
	a[0] = a[n]
	a = a[:n]
	*h = a
	for i := 0; ; {
		least := i
		for down := 2*i + 1; down <= 2*i+2 && down < n; down++ {
			if a[down].need < a[least].need {
				least = down
			}
		}
		if least == i {
			return top
		}
		a[least], a[i] = a[i], a[least]
		i = least
	}
}

// commit takes the request at hand and puts the order as the walk found it.
func (s *State) commit(at spot) {
	w := &s.walk
	if w.p == None {
		for _, a := range s.asks {
			s.free[a.kind] -= a.units
			s.total[a.kind] -= a.units
		}
	} else {
		s.grant(w.p)
	}
	if at.rank < 0 {
		s.toFront(w.p)
		return
	}
	if w.stays && len(w.deferred) == 0 {
		return
	}
	w.touched = w.touched[:0]
	dest, anchor := s.clear(at)
	s.putBack()
	if w.p != None {
		s.putBehind(dest, anchor)
	}
	for _, b := range w.touched {
		if x := &s.order.blocks[b]; x.rank < 0 {
			continue
		} else if len(x.jobs) == 0 {
			s.order.drop(b)
		} else {
			s.divide(b)
		}
	}
}

// grant gives the request at hand to p.
func (s *State) grant(p Job) {
	x := &s.jobs[p]
	us, _ := s.of(p)
	for _, a := range s.asks {
		u := &us[a.entry]
		if u.held == 0 {
			x.holds++
		}
		u.held += a.units
		u.need -= a.units
		s.needs(p, a.kind, u.need)
		s.free[a.kind] -= a.units
		s.order.grew(x.block, a.kind, a.units)
		s.taken(p, a.kind, a.units)
	}
}

// toFront moves p to the head of the order.
func (s *State) toFront(p Job) {
	if b := s.jobs[p].block; b >= 0 {
		x := &s.order.blocks[b]
		if x.rank == 0 && x.jobs[0] == p {
			return
		}
		s.remove(p)
	}
	s.first(p)
}

// clear takes those out that are to move and returns the block in which p and those that
// are still deferred go on, and behind which job, or None for its end.
func (s *State) clear(at spot) (dest int32, anchor Job) {
	w := &s.walk
	anchor = None
	if at.rank < int32(len(s.order.seq)) {
		dest = s.order.seq[at.rank]
		if jobs := s.order.blocks[dest].jobs; at.index < len(jobs) {
			anchor = jobs[at.index-1]
		}
	}
	for _, d := range w.deferred {
		w.touched = append(w.touched, s.takeOut(d.job))
	}
	if w.p != None && !w.stays && s.jobs[w.p].block >= 0 {
		w.touched = append(w.touched, s.takeOut(w.p))
	}
	return dest, anchor
}

// putBack puts the deferred jobs that fitted again where they did.
func (s *State) putBack() {
	for _, b := range s.walk.backs {
		jobs := s.order.blocks[b.block].jobs
		i := len(jobs)
		if b.ahead {
			i = slices.Index(jobs, s.pin)
		}
		s.place(b.job, b.block, i)
		s.walk.touched = append(s.walk.touched, b.block)
	}
}

// putBehind puts p and, behind it, those that are still deferred, into block dest behind
// anchor, in front of the pinned job, or at its end.
func (s *State) putBehind(dest int32, anchor Job) {
	w := &s.walk
	middle := anchor != None
	index := 0
	switch jobs := s.order.blocks[dest].jobs; {
	case w.ahead:
		middle, index = true, slices.Index(jobs, s.pin)
	case middle:
		index = slices.Index(jobs, anchor) + 1
	}
	put := func(j Job) {
		i := len(s.order.blocks[dest].jobs)
		if middle {
			i, index = index, index+1
		}
		s.place(j, dest, i)
	}
	if !w.stays {
		put(w.p)
	}
	for _, d := range w.deferred {
		if !d.back {
			put(d.job)
		}
	}
	w.touched = append(w.touched, dest)
	if middle && s.order.many() {
		s.tighten(dest)
	}
}
