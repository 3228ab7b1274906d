package safestate

import "math"

// walk is what a walk along the order keeps. Its slices are used again.
type walk struct {
	p      Job
	want   []int64 // what p needs after the request, by entry
	watch  int     // an entry of p that was not covered when looked at last
	behind bool    // p must come after the pinned job, which has not been passed yet
	raised bool    // p's need was raised: no bound knows it yet
	stays  bool    // p fits at its place
	ahead  bool    // p fits in front of the pinned job, behind those who fitted again there

	tracks   []track // by resource
	opened   []int32 // resources whose track is in use
	lost     []int32 // resources of which units are, or were, missing
	seen     []int32 // resources met in the block being looked at
	deferred []deferral
	backs    []back
	limit    int   // how many jobs may be looked at
	looked   int   // how many were
	open     int   // number of deferred jobs that have not come back
	rank     int32 // where the walk is
	touched  []int32
}

// track is one resource during a walk. What is there for the next job is work - gone.
type track struct {
	used, lost, met bool
	upto            int32 // work counts the blocks of rank below this
	work            int64 // free when the walk began, with what the jobs passed so far hold
	gone            int64 // what of it is missing: asked for, or held by deferred jobs
	start           int64 // work at the beginning of the block being looked at
	slack           int64 // of the block being looked at, as in bound
	waiting         []wait
}

// wait is a deferred job that waits for a resource.
type wait struct {
	need     int64
	deferral int32
}

// deferral is a job that did not fit at its place.
type deferral struct {
	job  Job
	back bool // it fitted later
}

// back is a deferred job that fitted at the end of a block, or in front of the pinned job.
type back struct {
	job   Job
	block int32
	ahead bool // of the pinned job
}

func (w *walk) init(m int) { w.tracks, w.limit = make([]track, m), math.MaxInt }

// undecided is the outcome of a walk that has come to its limit.
const undecided Outcome = math.MaxUint8

// spot is where p fits.
type spot struct {
	rank  int32 // of the block, or -1 for the head of the order
	index int   // in the block; its length means its end
}

// begin begins a walk for p with the request at hand.
func (s *State) begin(p Job) {
	w := &s.walk
	for _, r := range w.opened {
		t := &w.tracks[r]
		*t = track{waiting: t.waiting[:0]}
	}
	w.opened, w.lost, w.seen = w.opened[:0], w.lost[:0], w.seen[:0]
	w.deferred, w.backs, w.open = w.deferred[:0], w.backs[:0], 0
	w.p, w.behind, w.stays, w.ahead, w.watch, w.rank, w.looked = p, false, false, false, 0, 0, 0
	if p == None {
		for _, a := range s.asks {
			s.lose(a.kind, a.units)
		}
		return
	}
	us, _ := s.of(p)
	w.want = w.want[:0]
	for i := range us {
		w.want = append(w.want, us[i].need)
	}
	for _, a := range s.asks {
		w.want[a.entry] -= a.units
		s.lose(a.kind, a.units)
	}
	w.behind = s.pin != None && s.pin != p && s.before(s.pin, p)
}

// track opens resource r.
func (s *State) track(r int32) *track {
	t := &s.walk.tracks[r]
	if !t.used {
		t.used = true
		t.work = s.free[r]
		s.walk.opened = append(s.walk.opened, r)
	}
	return t
}

// at returns resource r with the blocks below rank counted, and all of those met.
func (s *State) at(r, rank int32) *track {
	t := s.track(r)
	if !s.order.many() {
		return t // what is not met in the only block is held by nobody
	}
	for t.upto < rank {
		t.work += s.order.bounds[r][s.order.seq[t.upto]].held
		t.upto++
	}
	return t
}

// lose notes that units of r are missing.
func (s *State) lose(r int32, units int64) {
	t := s.track(r)
	if !t.lost {
		t.lost = true
		s.walk.lost = append(s.walk.lost, r)
	}
	t.gone += units
}

// covered tells whether p's need is covered at the end of the blocks below rank. The
// answer changes from no to yes once, so it begins with the entry that failed last.
func (s *State) covered(rank int32) bool {
	w := &s.walk
	if w.p == None || w.behind {
		return false
	}
	_, kinds := s.of(w.p)
	for ; w.watch < len(w.want); w.watch++ {
		n := w.want[w.watch]
		if n == 0 {
			continue
		}
		if t := s.at(kinds[w.watch], rank); n > t.work-t.gone {
			return false
		}
	}
	return true
}

// passable tells whether every job of the block fits although units are missing.
func (s *State) passable(b, rank int32) bool {
	for _, r := range s.walk.lost {
		t := s.at(r, rank)
		if t.gone > 0 && s.order.bounds[r][b].slack < t.gone-t.work {
			return false
		}
	}
	return true
}

// seek looks for a place for p with the request at hand, and grants the request if take
// says so and there is one.
func (s *State) seek(p Job, take bool) Outcome {
	s.begin(p)
	at, o := s.search()
	if o == Granted && take {
		s.commit(at)
	}
	return o
}

// search walks the order until p fits.
func (s *State) search() (spot, Outcome) {
	w := &s.walk
	if s.covered(0) {
		return spot{rank: -1}, Granted
	}
	for rank := int32(0); int(rank) < len(s.order.seq); rank++ {
		b := s.order.seq[rank]
		w.rank = rank
		own := w.p != None && s.jobs[w.p].block == b
		if s.order.many() && !(own && w.raised) && s.passable(b, rank) {
			if own {
				w.stays = true
				return spot{rank: rank, index: len(s.order.blocks[b].jobs)}, Granted
			}
			if s.pin != None && s.jobs[s.pin].block == b {
				w.behind = false
			}
		} else if i, o := s.look(b, rank); i >= 0 || o != Granted {
			return spot{rank, i}, o
		} else if w.looked += len(s.order.blocks[b].jobs); w.looked > w.limit {
			return spot{}, undecided
		}
		s.comeBack(rank+1, false)
		if s.covered(rank + 1) {
			return spot{rank: rank, index: len(s.order.blocks[b].jobs)}, Granted
		}
	}
	w.rank = int32(len(s.order.seq))
	if w.p == None && w.open == 0 {
		return spot{rank: int32(len(s.order.seq))}, Granted
	}
	return spot{}, Unsafe
}

// look goes through a block job by job. If p fits in it, the index is that behind it or
// behind the job after which it fits; else it is -1.
func (s *State) look(b, rank int32) (int, Outcome) {
	w := &s.walk
	for i, j := range s.order.blocks[b].jobs {
		us, kinds := s.of(j)
		unmet := s.unmet(us, kinds, rank)
		fits := unmet < 0
		switch {
		case j == w.p:
			if s.covered(rank) {
				w.stays = true
				return i + 1, Granted
			}
			if j == s.pin { // it keeps its place, whoever asks for it
				s.comeBack(rank, true)
				if !s.covered(rank) {
					return -1, Unfair
				}
				w.stays = true
				return i + 1, Granted
			}
			fits = false
		case j == s.pin:
			if !fits {
				s.comeBack(rank, true)
				if s.covered(rank) {
					w.ahead = true
					return i + 1, Granted
				}
				if unmet = s.unmet(us, kinds, rank); unmet >= 0 {
					s.postpone(j, kinds[unmet], us[unmet].need)
					return -1, Unfair
				}
				fits = true
			}
			w.behind = false
		case !fits:
			s.postpone(j, kinds[unmet], us[unmet].need)
		}
		for e, u := range us {
			if u.held > 0 {
				w.tracks[kinds[e]].work += u.held
				if !fits {
					s.lose(kinds[e], u.held)
				}
			}
		}
		if fits && s.covered(rank) {
			return i + 1, Granted
		}
	}
	s.sharpen(b)
	return -1, Granted
}

// unmet returns an entry with a need that is not covered, or -1, at a place in the block
// of rank, and notes the slack there.
func (s *State) unmet(us []units, kinds []int32, rank int32) int {
	unmet := -1
	for e, u := range us {
		t := s.meet(kinds[e], rank)
		if u.need > t.work-t.gone {
			unmet = e
		}
		t.slack = min(t.slack, t.work-t.start-u.need)
	}
	return unmet
}

// meet returns resource r for a look at the block of rank.
func (s *State) meet(r, rank int32) *track {
	t := s.at(r, rank)
	if !t.met {
		t.met = true
		t.start, t.slack, t.upto = t.work, none, rank+1
		s.walk.seen = append(s.walk.seen, r)
	}
	return t
}

// sharpen keeps the slack found by a look at block b.
func (s *State) sharpen(b int32) {
	w := &s.walk
	for _, r := range w.seen {
		t := &w.tracks[r]
		t.met = false
		if s.order.many() {
			s.order.bounds[r][b].slack = t.slack
		}
	}
	w.seen = w.seen[:0]
}
