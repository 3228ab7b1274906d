package safestate

import "slices"

// Finding is why a request of a job is decided as it is.
type Finding struct {
	Outcome Outcome
	Done    []Job   // who could still finish after it, of the holders, in an order in which they can
	Left    []int64 // by resource: what would be free then
	Stuck   []Lack  // who could not, the one that asks first
}

// Lack is the resource of which a stuck job lacks most.
type Lack struct {
	Job
	Resource          int
	Held, Need, Short int64
}

// Explain decides on a request without granting it. It takes the textbook's time.
func (s *State) Explain(j Job, req []Amount) Finding {
	if o := s.request(j, req); o != Granted {
		return Finding{Outcome: o}
	}
	us, _ := s.of(j)
	f := Finding{Outcome: Granted}
	for _, a := range s.asks {
		if a.units > us[a.entry].need {
			return Finding{Outcome: OverClaim}
		}
		if a.units > s.free[a.kind] {
			f.Outcome = Unavailable
		}
	}
	if f.Outcome != Granted || len(s.asks) == 0 {
		return f
	}
	f.Outcome = s.seek(j, false)
	if f.Outcome == Granted {
		return f
	}
	s.pretend(j, 1)
	s.finish(j, &f)
	s.pretend(j, -1)
	if len(f.Stuck) > 0 {
		f.Outcome = Unsafe // the walk ends at the first ground, which may have been the pinned job
	}
	return f
}

// pretend gives the request at hand to j, or takes it back, without regard to the order.
func (s *State) pretend(j Job, sign int64) {
	us, _ := s.of(j)
	for _, a := range s.asks {
		us[a.entry].held += sign * a.units
		us[a.entry].need -= sign * a.units
		s.free[a.kind] -= sign * a.units
	}
}

// finish lets the holders and j finish in turn and notes who can.
func (s *State) finish(j Job, f *Finding) {
	f.Left = append([]int64(nil), s.free...)
	stuck := []Job{j}
	for k := range s.Order {
		if k != j {
			stuck = append(stuck, k)
		}
	}
	slices.Sort(stuck[1:])
	for again := true; again; {
		again = false
		left := stuck[:0]
		for _, k := range stuck {
			if _, short := s.lack(k, f.Left); short {
				left = append(left, k)
				continue
			}
			us, kinds := s.of(k)
			for e, u := range us {
				f.Left[kinds[e]] += u.held
			}
			f.Done = append(f.Done, k)
			again = true
		}
		stuck = left
	}
	for _, k := range stuck {
		l, _ := s.lack(k, f.Left)
		f.Stuck = append(f.Stuck, l)
	}
}

// lack returns the resource of which j lacks most if work is free, if it lacks any.
func (s *State) lack(j Job, work []int64) (l Lack, short bool) {
	us, kinds := s.of(j)
	for e, u := range us {
		if d := u.need - work[kinds[e]]; d > l.Short {
			l = Lack{j, int(kinds[e]), u.held, u.need, d}
		}
	}
	return l, l.Short > 0
}
