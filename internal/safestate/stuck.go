package safestate

import "math"

// stuckSet is a refusal that is kept (L4): once certain units are taken by a member, no
// member can finish. As long as it stands, whoever asks for as much, and would lack more than the
// members are left, is refused without a walk: it need not be a member, since it
// leaves them no more than one who is.
//
// Let V be what all others would leave the members. A grant to one who is not a member
// does not change V; one to a member lowers V, and its need, alike, so that nobody who was
// stuck comes free. What members give back raises V. So the set stands while the members
// together have given back less, of each resource on which a member waits, than its nearest
// waiter lacked.
type stuckSet struct {
	stands  bool
	units   []int64  // what the request took, by resource
	kinds   int      // of how many resources that was
	members []uint64 // a bit per job
	left    []int64  // by resource: at least V after the request
	lack    []int64  // by resource: what its nearest waiter lacks of it, at least
}

// worth is how many jobs have to be stuck for the set to be kept: finding fewer is quick.
// It is half of what one block has.
const worth = smallest / 2

func (c *stuckSet) has(j Job) bool {
	return int(j)>>6 < len(c.members) && c.members[j>>6]>>(j&63)&1 != 0
}

// foretold tells whether the request at hand is refused by a set that is known.
func (s *State) foretold(j Job) bool {
	s.known = nil
	c := s.sets[s.asks[0].kind]
	if c == nil || !c.stands {
		return false
	}
	as := 0 // of how many resources it asks for as much
	for _, a := range s.asks {
		if u := c.units[a.kind]; u > 0 && a.units >= u {
			as++
		}
	}
	if as < c.kinds {
		return false
	}
	us, kinds := s.of(j)
	for e, r := range kinds {
		if lack := us[e].need - c.units[r] - c.left[r]; lack > 0 {
			s.known, s.lacks = c, Amount{int(r), lack}
			return true
		}
	}
	return false
}

// remember keeps the refusal that the walk just made has come to.
func (s *State) remember() {
	w := &s.walk
	if w.open < s.worth {
		return
	}
	s.keeps = true
	r := s.asks[0].kind
	c := s.sets[r]
	if c == nil {
		m := len(s.total)
		c = &stuckSet{units: make([]int64, m), left: make([]int64, m), lack: make([]int64, m)}
		s.sets[r] = c
	}
	c.stands = true
	clear(c.units)
	c.kinds = len(s.asks)
	for _, a := range s.asks {
		c.units[a.kind] = a.units
	}
	if n := (len(s.jobs) + 63) / 64; len(c.members) < n {
		c.members = make([]uint64, n)
	}
	clear(c.members)
	c.add(w.p)
	for _, d := range w.deferred {
		if !d.back {
			c.add(d.job)
		}
	}
	for r := range c.left {
		t := s.at(int32(r), w.rank)
		c.left[r], c.lack[r] = t.work-t.gone, math.MaxInt64
		if len(t.waiting) > 0 {
			c.lack[r] = t.waiting[0].need - c.left[r]
		}
	}
	_, kinds := s.of(w.p)
	r = kinds[w.watch]
	c.lack[r] = min(c.lack[r], w.want[w.watch]-c.left[r])
}

func (c *stuckSet) add(j Job) { c.members[j>>6] |= 1 << (j & 63) }

// returned notes units that j, or nobody, gave back or asks for no more.
func (s *State) returned(j Job, r int32, units int64) {
	if !s.keeps {
		return
	}
	for _, c := range s.sets {
		if c == nil || !c.stands || j != None && !c.has(j) {
			continue
		}
		if c.left[r] > math.MaxInt64/2-units {
			c.stands = false
			continue
		}
		c.left[r] += units
		if c.lack[r] != math.MaxInt64 {
			c.lack[r] -= units
			c.stands = c.lack[r] > 0
		}
	}
}

// taken notes units that j got: members that hold more leave the others less.
func (s *State) taken(j Job, r int32, units int64) {
	if !s.keeps {
		return
	}
	for _, c := range s.sets {
		if c != nil && c.stands && c.has(j) {
			c.left[r] -= units
		}
	}
}

// forget takes j, which is closed, out of all sets: its number will be another job's.
func (s *State) forget(j Job) {
	for _, c := range s.sets {
		if c != nil && c.has(j) {
			c.members[j>>6] &^= 1 << (j & 63)
		}
	}
}
