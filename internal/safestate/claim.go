package safestate

import (
	"math"
	"slices"
)

// Register adds a job with a claim. It never makes a state unsafe (L0). Amounts of one
// resource are added up; a claim for more than there is in all is refused.
func (s *State) Register(claim []Amount) (Job, Outcome) {
	sum, o := total(claim)
	if o != Granted {
		return None, o
	}
	for _, a := range sum {
		if a.Units > s.total[a.Resource] {
			return None, OverCapacity
		}
	}
	j := Job(len(s.jobs))
	if n := len(s.unused); n > 0 {
		j, s.unused = s.unused[n-1], s.unused[:n-1]
	} else {
		s.jobs = append(s.jobs, job{})
	}
	x := &s.jobs[j]
	*x = job{n: int32(len(sum)), block: -1, at: -1}
	s.allot(x)
	us, kinds := s.of(j)
	for i, a := range sum {
		us[i] = units{need: a.Units}
		kinds[i] = int32(a.Resource)
	}
	return j, Granted
}

// total returns claim in ascending order of resources, each once, without empty amounts.
func total(claim []Amount) ([]Amount, Outcome) {
	sorted := slices.SortedFunc(slices.Values(claim), func(a, b Amount) int { return a.Resource - b.Resource })
	sum := sorted[:0]
	for _, a := range sorted {
		if n := len(sum); n > 0 && sum[n-1].Resource == a.Resource {
			if a.Units > math.MaxInt64-sum[n-1].Units {
				return nil, Overflow
			}
			sum[n-1].Units += a.Units
			continue
		}
		if a.Units > 0 {
			sum = append(sum, a)
		}
	}
	return sum, Granted
}

// allot finds room for the claim of x, which has x.n entries.
func (s *State) allot(x *job) {
	if g := s.gaps[x.n]; len(g) > 0 {
		x.units, x.kinds = g[len(g)-1].units, g[len(g)-1].kinds
		s.gaps[x.n] = g[:len(g)-1]
		return
	}
	x.units = uint32(len(s.units))
	s.units = append(s.units, make([]units, x.n)...)
	x.kinds = 0 // the first of kinds are all resources
	if int(x.n) < len(s.total) {
		x.kinds = uint32(len(s.kinds))
		s.kinds = append(s.kinds, make([]int32, x.n)...)
	}
}

// Close gives back all that j holds, with add called for each amount, and forgets j.
func (s *State) Close(j Job, add func(Amount)) {
	s.holdings(j)
	for _, a := range s.asks {
		add(Amount{int(a.kind), a.units})
	}
	if s.pin == j {
		s.Unpin()
	}
	s.giveBack(j)
	s.forget(j)
	x := &s.jobs[j]
	s.gaps[x.n] = append(s.gaps[x.n], gap{x.units, x.kinds})
	*x = job{block: -1, at: -1}
	s.unused = append(s.unused, j)
}

// holdings makes all that j holds the request at hand.
func (s *State) holdings(j Job) {
	us, kinds := s.of(j)
	s.asks = s.asks[:0]
	for i := range us {
		if us[i].held > 0 {
			s.asks = append(s.asks, ask{int32(i), kinds[i], us[i].held})
		}
	}
}

// LowerClaim takes req from what j may still ask for. The order holds: needs only fall.
func (s *State) LowerClaim(j Job, req []Amount) Outcome {
	if o := s.request(j, req); o != Granted {
		return o
	}
	us, _ := s.of(j)
	for _, a := range s.asks {
		if a.units > us[a.entry].need {
			return OverClaim
		}
	}
	for _, a := range s.asks {
		us[a.entry].need -= a.units
		s.needs(j, a.kind, us[a.entry].need)
		s.returned(j, a.kind, a.units)
	}
	return Granted
}

// RaiseClaim adds req to j's claim if the state stays safe. A job that holds nothing can
// always raise it, up to what there is in all.
func (s *State) RaiseClaim(j Job, req []Amount) Outcome {
	sum, o := total(req)
	if o != Granted {
		return o
	}
	for _, a := range sum {
		have := int64(0)
		us, kinds := s.of(j)
		if e := entry(kinds, a.Resource, -1); e >= 0 {
			have = us[e].need + us[e].held
		}
		if a.Units > s.total[a.Resource]-have {
			return OverCapacity
		}
	}
	s.widen(j, sum)
	s.request(j, sum)
	us, _ := s.of(j)
	for _, a := range s.asks {
		us[a.entry].need += a.units
		s.needs(j, a.kind, us[a.entry].need)
	}
	if s.jobs[j].block < 0 {
		return Granted
	}
	raise := slices.Clone(s.asks)
	s.asks = s.asks[:0] // nothing is taken; the raised need has to find its place
	s.order.raised(s.jobs[j].block, raise)
	s.walk.raised = true
	o = s.seek(j, true)
	s.walk.raised = false
	if o != Granted {
		for _, a := range raise {
			us[a.entry].need -= a.units
			s.needs(j, a.kind, us[a.entry].need)
		}
	}
	return o
}

// widen gives j's claim an empty entry for each resource of sum that it has none for.
func (s *State) widen(j Job, sum []Amount) {
	us, kinds := s.of(j)
	var all []Amount
	for i, r := range kinds {
		all = append(all, Amount{int(r), us[i].held})
	}
	for _, a := range sum {
		if entry(kinds, a.Resource, -1) < 0 {
			all = append(all, Amount{Resource: a.Resource})
		}
	}
	if len(all) == len(us) {
		return
	}
	slices.SortFunc(all, func(a, b Amount) int { return a.Resource - b.Resource })
	old := s.jobs[j]
	x := &s.jobs[j]
	x.n = int32(len(all))
	s.allot(x)
	from := s.units[old.units:][:old.n]
	fromKinds := s.kinds[old.kinds:][:old.n]
	to, toKinds := s.of(j)
	for i, a := range all {
		to[i], toKinds[i] = units{}, int32(a.Resource)
		if e := entry(fromKinds, a.Resource, -1); e >= 0 {
			to[i] = from[e]
		}
	}
	s.gaps[old.n] = append(s.gaps[old.n], gap{old.units, old.kinds})
}

// Grow adds units. It reports Overflow if a total would exceed an int64.
func (s *State) Grow(amounts []Amount) Outcome {
	sum, o := total(amounts)
	if o != Granted {
		return o
	}
	for _, a := range sum {
		if a.Units > math.MaxInt64-s.total[a.Resource] {
			return Overflow
		}
	}
	for _, a := range sum {
		s.total[a.Resource] += a.Units
		s.free[a.Resource] += a.Units
		s.returned(None, int32(a.Resource), a.Units)
	}
	return Granted
}

// Shrink takes free units away if every claim still fits and the state stays safe.
func (s *State) Shrink(amounts []Amount) Outcome {
	sum, o := total(amounts)
	if o != Granted {
		return o
	}
	s.asks = s.asks[:0]
	for _, a := range sum {
		if s.greatest(a.Resource) > s.total[a.Resource]-a.Units { // of more than all nothing is left
			return OverCapacity
		}
		if a.Units > s.free[a.Resource] {
			o = Unavailable
		}
		if a.Units > 0 {
			s.asks = append(s.asks, ask{-1, int32(a.Resource), a.Units})
		}
	}
	if o != Granted {
		return o
	}
	return s.seek(None, true)
}

// greatest returns the greatest claim for resource r.
func (s *State) greatest(r int) int64 {
	most := int64(0)
	for j := range s.jobs {
		us, kinds := s.of(Job(j))
		if e := entry(kinds, r, -1); e >= 0 {
			most = max(most, us[e].need+us[e].held)
		}
	}
	return most
}
