package safestate

import "math"

// cascade is what a cascade keeps: jobs finish, from the head of the order on, whose need
// is free once the request at hand is granted, whatever their place. In a tight state
// hardly anybody can, and so nearly all are found to be stuck by a look at the one of each
// resource that needs least. Where many can, a walk along the order passes them in blocks;
// so a cascade that has gone on for some time gives up in favour of that.
type cascade struct {
	p         Job
	work      []int64 // by resource: what would be free
	want      []int64 // what p needs after the request, by entry
	done      []Job   // who finished
	spare     []int64 // by resource: what prune may take from those it has kept
	steps     int     // who was looked at
	patience  int     // how many may be looked at before a walk is tried
	refused   bool    // the last one has found a refusal
	attentive bool    // refusals are kept, because more will be asked before anything is given back
}

// verdict is what a cascade comes to.
type verdict uint8

const (
	unknown verdict = iota
	reached         // p can finish behind those who are done
	stuck           // it cannot
)

// patience is how many jobs a cascade looks at before a walk is tried: so many cost less than
// a walk that defers some.
const patience = 32

// cascade lets jobs finish that need not wait for p, until p can. Those who are done, and p,
// are no watchers until restore.
func (s *State) cascade(p Job, patience int) verdict {
	c := &s.fall
	c.p, c.done, c.steps = p, c.done[:0], 0
	copy(c.work, s.free)
	us, kinds := s.of(p)
	c.want = c.want[:0]
	for i := range us {
		c.want = append(c.want, us[i].need)
	}
	for _, a := range s.asks {
		c.work[a.kind] -= a.units
		c.want[a.entry] -= a.units
	}
	if s.jobs[p].at >= 0 {
		s.unwatch(p)
	}
	if c.covers(kinds) {
		return s.reached()
	}
	for again := true; again; {
		again = false
		for r := range c.work {
			for len(s.watchers[r]) > 0 && s.watchers[r][0].need <= c.work[r] {
				if c.steps++; c.steps > patience {
					return unknown
				}
				if !s.finishes(s.watchers[r][0].job) {
					continue
				}
				again = true
				if c.covers(kinds) {
					return s.reached()
				}
			}
		}
	}
	return stuck
}

// reached says that p can finish. Where the pinned job would come then, only a walk knows.
func (s *State) reached() verdict {
	if s.pin != None {
		return unknown
	}
	return reached
}

// finishes lets j finish, or watch another resource, of which it lacks some.
func (s *State) finishes(j Job) bool {
	c := &s.fall
	us, kinds := s.of(j)
	e, lack := most(us, kinds, c.work)
	s.unwatch(j)
	if lack > 0 {
		s.watch(j, kinds[e], us[e].need)
		return false
	}
	for e, u := range us {
		c.work[kinds[e]] += u.held
	}
	c.done = append(c.done, j)
	return true
}

// restore lets those watch again who were taken out by the cascade.
func (s *State) restore(p Job) {
	for _, j := range s.fall.done {
		s.enlist(j)
	}
	if s.jobs[p].block >= 0 {
		s.enlist(p)
	}
}

// foresee decides on the request at hand by a cascade that looks at up to patience jobs.
func (s *State) foresee(p Job, patience int) verdict {
	c := &s.fall
	v := s.cascade(p, patience)
	c.refused = v == stuck
	if c.refused && c.attentive {
		s.note()
	}
	s.restore(p)
	if v == reached {
		s.prune()
		s.grant(p)
		s.toFront(p)
		for i := len(c.done) - 1; i >= 0; i-- {
			s.toFront(c.done[i])
		}
	}
	return v
}

// prune leaves of those who are done only the ones without which p could not finish. The
// others can stay where they are, since behind p the old order holds (L2).
func (s *State) prune() {
	c := &s.fall
	for r := range c.spare {
		c.spare[r] = none
	}
	_, kinds := s.of(c.p)
	for e, n := range c.want {
		r := kinds[e]
		c.spare[r] = c.work[r] - n
	}
	kept := len(c.done)
	for i := len(c.done) - 1; i >= 0; i-- {
		us, kinds := s.of(c.done[i])
		drop := c.spares(us, kinds)
		for e, u := range us {
			r := kinds[e]
			c.work[r] -= u.held // now what there was before this one was done
			switch {
			case !drop:
				c.spare[r] = min(c.spare[r], c.work[r]-u.need)
			case c.spare[r] != none:
				c.spare[r] -= u.held
			}
		}
		if !drop {
			kept--
			c.done[kept] = c.done[i]
		}
	}
	c.done = append(c.done[:0], c.done[kept:]...)
}

// spares tells whether those kept can do without what a job holds.
func (c *cascade) spares(us []units, kinds []int32) bool {
	for e, u := range us {
		if u.held > c.spare[kinds[e]] {
			return false
		}
	}
	return true
}

// weigh decides on the request at hand by cascade and walk in turn, each with more time than
// before, so that it takes about as long as the one that suits the state.
func (s *State) weigh(p Job) Outcome {
	for patience := s.fall.patience; ; patience = 4 * max(1, patience) {
		switch s.foresee(p, patience) {
		case reached:
			return Granted
		case stuck:
			return Unsafe
		}
		s.walk.limit = 8 * patience // a look is so much cheaper
		o := s.seek(p, true)
		s.walk.limit = math.MaxInt
		if o == Unsafe {
			s.remember()
		}
		if o != undecided {
			return o
		}
	}
}

// covers tells whether what p needs would be free. The resources of its claim are kinds.
func (c *cascade) covers(kinds []int32) bool {
	for e, n := range c.want {
		if n > c.work[kinds[e]] {
			return false
		}
	}
	return true
}
