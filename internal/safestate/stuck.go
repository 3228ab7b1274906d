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
	brief   bool     // it has no members on record, and stands until anything is given back
	units   []int64  // what the request took, by resource
	asked   []int32  // of which resources that was some
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
	for _, r := range c.asked {
		if c.units[r]-s.asked(r) >= c.lack[r] {
			return false
		}
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
	c := s.keep()
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
	r := kinds[w.watch]
	c.lack[r] = min(c.lack[r], w.want[w.watch]-c.left[r])
}

// note keeps, for as long as nothing is given back, the refusal to which the cascade has
// come, before it is restored. Members need not be known: units that one of them gets leave
// the others less still.
func (s *State) note() {
	c, f := s.keep(), &s.fall
	c.brief = true
	copy(c.left, f.work)
	for r, h := range s.watchers {
		c.lack[r] = math.MaxInt64
		if len(h) > 0 {
			c.lack[r] = h[0].need - c.left[r]
		}
	}
	_, kinds := s.of(f.p)
	for e, n := range f.want {
		if r := kinds[e]; n > c.left[r] {
			c.lack[r] = min(c.lack[r], n-c.left[r])
			s.known, s.lacks = c, Amount{int(r), n - c.left[r]}
			return
		}
	}
}

// keep returns the set in which a refusal of the request at hand is kept, without members.
func (s *State) keep() *stuckSet {
	s.keeps = true
	r := s.asks[0].kind
	c := s.sets[r]
	if c == nil {
		m := len(s.total)
		c = &stuckSet{units: make([]int64, m), left: make([]int64, m), lack: make([]int64, m)}
		s.sets[r] = c
	}
	c.stands, c.brief = true, false
	clear(c.units)
	c.asked = c.asked[:0]
	for _, a := range s.asks {
		c.units[a.kind] = a.units
		c.asked = append(c.asked, a.kind)
	}
	if n := (len(s.jobs) + 63) / 64; len(c.members) < n {
		c.members = make([]uint64, n)
	}
	clear(c.members)
	return c
}

// asked returns how much of r the request at hand asks for.
func (s *State) asked(r int32) int64 {
	for _, a := range s.asks {
		if a.kind == r {
			return a.units
		}
	}
	return 0
}

func (c *stuckSet) add(j Job) { c.members[j>>6] |= 1 << (j & 63) }

// returned notes units that j, or nobody, gave back or asks for no more.
func (s *State) returned(j Job, r int32, units int64) {
	if !s.keeps {
		return
	}
	for _, c := range s.sets {
		if c == nil || !c.stands || j != None && !c.has(j) && !c.brief {
			continue
		}
		if c.brief {
			c.stands = false
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
