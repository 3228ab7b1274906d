package safestate

import "math"

// Job is the number of a registered job. Numbers are used again after Close.
type Job int32

// None is no job.
const None Job = -1

// Amount is a number of units of one resource.
type Amount struct {
	Resource int
	Units    int64
}

// Outcome says what became of a request. Every outcome but Granted leaves the state as it was.
type Outcome uint8

const (
	Granted      Outcome = iota
	Unavailable          // some resource has fewer free units than asked for
	Unsafe               // afterwards some jobs could not get all they claimed
	Unfair               // it would delay the job that is pinned
	OverClaim            // more than the job's claim leaves
	OverCapacity         // more than there is in all
	OverRelease          // more than the job holds
	Overflow             // a sum exceeds an int64
)

// units are what a job has to do with one resource.
type units struct{ need, held int64 }

// job is 20 bytes, with 16 more per claimed resource, and 4 if it does not claim all.
type job struct {
	units uint32 // its first in State.units
	kinds uint32 // its first in State.kinds
	n     int32  // number of resources in its claim
	holds int32  // number of resources of which it holds some
	block int32  // its block in the order, or -1

	watches int32 // the resource that it watches
	at      int32 // where in its watchers, or -1
}

// State is a safe state with an order that shows it. It is not safe for concurrent use.
type State struct {
	total, free []int64 // by resource
	jobs        []job
	unused      []Job
	units       []units
	kinds       []int32 // resources of units, ascending; the first m are 0…m-1, for jobs that claim all
	gaps        [][]gap // by size: where units and kinds are unused

	order order
	walk  walk
	fall  cascade

	watchers []watchers // by resource

	pin   Job
	sets  []*stuckSet // by the first resource of the request that was refused
	known *stuckSet   // the one that refused the last request
	told  bool        // it did: the last decision took no test
	keeps bool        // there have been any
	worth int         // see the constant
	few   int         // up to how many jobs the members of a refusal are told one by one
	lacks Amount      // what the one that asked lacked then
	asks  []ask       // the request at hand
	top   int32       // the greatest resource in it
}

// gap is an unused piece of units and kinds.
type gap struct{ units, kinds uint32 }

// ask is a part of the request at hand.
type ask struct {
	entry int32 // of the job's claim
	kind  int32 // its resource
	units int64
}

// New returns the state in which all units are free. Totals must not be negative.
func New(total []int64) *State {
	m := len(total)
	s := &State{
		total: append([]int64(nil), total...),
		free:  append([]int64(nil), total...),
		kinds: make([]int32, m),
		gaps:  make([][]gap, m+1),
		pin:   None,
		worth: worth,
		few:   256,
	}
	for r := range s.kinds {
		s.kinds[r] = int32(r)
	}
	s.sets = make([]*stuckSet, m)
	s.order.init(m)
	s.walk.init(m)
	s.watchers = make([]watchers, m)
	s.fall = cascade{work: make([]int64, m), spare: make([]int64, m), patience: patience}
	return s
}

// Resources returns the number of resources.
func (s *State) Resources() int { return len(s.total) }

// Holders returns the number of jobs that hold something.
func (s *State) Holders() int {
	n := s.order.size
	if s.pin != None && s.jobs[s.pin].holds == 0 {
		n--
	}
	return n
}

// Total returns the units of resource r, free or not.
func (s *State) Total(r int) int64 { return s.total[r] }

// Free returns the units of resource r that nobody holds.
func (s *State) Free(r int) int64 { return s.free[r] }

// Claim returns how many resources j claims, for use with At.
func (s *State) Claim(j Job) int { return int(s.jobs[j].n) }

// At returns entry i of j's claim: the resource, what it may still ask for and what it
// holds. Entries are in ascending order of resources.
func (s *State) At(j Job, i int) (resource int, need, held int64) {
	x := &s.jobs[j]
	u := s.units[x.units+uint32(i)]
	return int(s.kinds[x.kinds+uint32(i)]), u.need, u.held
}

// Kind returns the resource of entry i of j's claim.
func (s *State) Kind(j Job, i int) int { return int(s.kinds[s.jobs[j].kinds+uint32(i)]) }

// of returns what j has to do with each resource of its claim, and the resources.
func (s *State) of(j Job) ([]units, []int32) {
	x := &s.jobs[j]
	return s.units[x.units:][:x.n], s.kinds[x.kinds:][:x.n]
}

// entry returns the place of resource r in kinds, or -1. It looks at place hint first.
func entry(kinds []int32, r, hint int) int {
	if uint(hint) < uint(len(kinds)) && int(kinds[hint]) == r {
		return hint
	}
	if r < len(kinds) && int(kinds[r]) == r { // a job that claims all
		return r
	}
	lo, hi := 0, len(kinds)
	for lo < hi {
		if mid := int(uint(lo+hi) >> 1); int(kinds[mid]) < r {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(kinds) && int(kinds[lo]) == r {
		return lo
	}
	return -1
}

// request makes req the request at hand: amounts of one resource are added up, empty
// ones left out. Amounts must not be negative, resources must exist.
func (s *State) request(j Job, req []Amount) Outcome {
	_, kinds := s.of(j)
	s.asks, s.top = s.asks[:0], -1
	for i, a := range req {
		if a.Units == 0 {
			continue
		}
		e := entry(kinds, a.Resource, i)
		if e < 0 {
			return OverClaim
		}
		if !s.add(ask{int32(e), int32(a.Resource), a.Units}) {
			return Overflow
		}
	}
	return Granted
}

// add adds a to the request at hand and reports false if the sum exceeds an int64.
func (s *State) add(a ask) bool {
	if a.kind <= s.top {
		for i := range s.asks {
			if b := &s.asks[i]; b.kind == a.kind {
				if a.units > math.MaxInt64-b.units {
					return false
				}
				b.units += a.units
				return true
			}
		}
	}
	s.top = max(s.top, a.kind)
	s.asks = append(s.asks, a)
	return true
}

// Acquire gives req to j, all or nothing, if that is within its claim, available, safe and fair.
func (s *State) Acquire(j Job, req []Amount) Outcome {
	if o := s.request(j, req); o != Granted {
		return o
	}
	return s.decide(j)
}

// decide decides on the request at hand.
func (s *State) decide(j Job) Outcome {
	us, kinds := s.of(j)
	o := Granted
	for _, a := range s.asks {
		if a.units > us[a.entry].need {
			return OverClaim
		}
		if a.units > s.free[a.kind] {
			o = Unavailable
		}
	}
	if o != Granted || len(s.asks) == 0 {
		return o
	}
	if s.pin == None && s.wholeNeed(us, kinds) { // L1
		s.grant(j)
		s.toFront(j)
		return Granted
	}
	if s.told = s.foretold(j); s.told {
		return Unsafe
	}
	return s.weigh(j)
}

// wholeNeed tells whether all that a job may ask for is free.
func (s *State) wholeNeed(us []units, kinds []int32) bool {
	for e, u := range us {
		if u.need > s.free[kinds[e]] {
			return false
		}
	}
	return true
}

// Release takes req from j. A safe state stays safe, in the same order: who comes before
// j has more, j has as much more as it may need more, and who comes after it has the same.
func (s *State) Release(j Job, req []Amount) Outcome {
	if o := s.request(j, req); o != Granted {
		if o == OverClaim {
			return OverRelease
		}
		return o
	}
	us, _ := s.of(j)
	for _, a := range s.asks {
		if a.units > us[a.entry].held {
			return OverRelease
		}
	}
	s.giveBack(j)
	return Granted
}

// giveBack takes the request at hand from j.
func (s *State) giveBack(j Job) {
	x := &s.jobs[j]
	us, _ := s.of(j)
	for _, a := range s.asks {
		u := &us[a.entry]
		u.held -= a.units
		u.need += a.units
		s.needs(j, a.kind, u.need)
		s.free[a.kind] += a.units
		if u.held == 0 {
			x.holds--
		}
		s.order.shrank(x.block, a.kind, a.units)
		s.returned(j, a.kind, a.units)
	}
	s.settle(j)
}

// settle takes j out of the order if it holds nothing (L0).
func (s *State) settle(j Job) {
	if x := &s.jobs[j]; x.holds == 0 && x.block >= 0 && j != s.pin {
		s.unwatch(j)
		s.remove(j)
	}
}
