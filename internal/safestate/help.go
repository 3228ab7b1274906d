package safestate

import (
	"cmp"
	"math"
	"slices"
)

// GiveBack takes req from j and gives it to those it helps.
func (q *Queue) GiveBack(j Job, req []Amount) Outcome {
	o := q.Release(j, req)
	if o == Granted && q.anybody() {
		for _, a := range q.asks {
			q.credit(j, int(a.kind), a.units)
		}
		q.settle()
	}
	return o
}

func (q *Queue) anybody() bool { return len(q.waiting) > 0 || len(q.shrinks) > 0 }

// Leave gives back all that j holds and forgets it. Its waiters end with OverClaim.
func (q *Queue) Leave(j Job) {
	if q.per[j] > 0 {
		for _, w := range slices.Clone(q.waiting) {
			if w.job == j {
				q.finish(w, OverClaim)
			}
		}
	}
	if !q.anybody() {
		q.Close(j, func(Amount) {})
		q.settle()
		return
	}
	var back []Amount
	q.Close(j, func(a Amount) { back = append(back, a) })
	for _, a := range back {
		q.credit(j, a.Resource, a.Units)
	}
	q.settle()
}

// Lower is LowerClaim with a look at those it helps. Waiters of j whose request exceeds
// what is left of its claim end with OverClaim.
func (q *Queue) Lower(j Job, req []Amount) Outcome {
	o := q.LowerClaim(j, req)
	if o == Granted && q.anybody() {
		for _, a := range q.asks {
			q.credit(j, int(a.kind), a.units)
		}
		q.review(j)
		q.settle()
	}
	return o
}

// Enlarge is Grow with a look at those it helps.
func (q *Queue) Enlarge(amounts []Amount) Outcome {
	o := q.Grow(amounts)
	if o == Granted {
		for _, a := range amounts {
			q.credit(None, a.Resource, a.Units)
		}
		q.settle()
	}
	return o
}

// credit notes units that j, or nobody, gave back or asks for no more, and finds those
// who may go on.
func (q *Queue) credit(j Job, r int, units int64) {
	l := q.stuck[r]
	for i := 0; i < len(l); {
		w := l[i]
		if j == None || w.has(j) {
			g := slices.IndexFunc(w.gaps, func(a Amount) bool { return a.Resource == r })
			if w.gaps[g].Units -= units; w.gaps[g].Units <= 0 {
				q.unpark(w)
				q.retry(w)
				l = q.stuck[r]
				continue
			}
		}
		i++
	}
	s := q.short[r]
	for i := 0; i < len(s); {
		if w := s[i].w; s[i].units <= q.free[r] {
			s = slices.Delete(s, i, i+1)
			q.short[r] = s
			q.retry(w)
			continue
		}
		i++
	}
}

// review ends waiters of j whose request is no longer within its claim, and tells whether there were any.
func (q *Queue) review(j Job) (ended bool) {
	if q.per[j] == 0 {
		return false
	}
	for _, w := range slices.Clone(q.waiting) {
		if w.job == j && q.beyond(w) {
			q.finish(w, OverClaim)
			ended = true
		}
	}
	return ended
}

func (q *Queue) beyond(w *Waiter) bool {
	us, _ := q.of(w.job)
	q.request(w.job, w.req)
	return slices.ContainsFunc(q.asks, func(a ask) bool { return a.units > us[a.entry].need })
}

// settle looks again at those who may go on, the oldest first. A grant helps nobody (L3),
// but it may let go of the pinned job, and then there are more to look at.
func (q *Queue) settle() {
	q.fall.attentive = true
	defer func() { q.fall.attentive = false }()
	for len(q.again) > 0 {
		if q.mixed {
			slices.SortFunc(q.again, func(a, b *Waiter) int { return cmp.Compare(b.arrival, a.arrival) })
			q.mixed = false
		}
		w := q.again[len(q.again)-1]
		q.again = q.again[:len(q.again)-1]
		if o := q.ask(w.job, w.req); o != Granted {
			q.park(w, o) // whose request exceeds its claim was ended by review
			continue
		}
		q.overtook(w)
		q.finish(w, Granted)
		q.review(w.job)
	}
	for _, w := range slices.Clone(q.shrinks) {
		if o := q.Shrink(w.req); o == Granted {
			q.finish(w, o)
		}
	}
}

// refusal returns the stuck set of the walk just made, and for each resource on which a
// member of it waits how much the nearest one lacks (L4).
func (s *State) refusal(p Job, o Outcome, gaps []Amount) (members [4]uint64, lacks []Amount) {
	if c := s.known; o == Unsafe && c != nil && !c.brief {
		return everybody, near(c.gaps(s, gaps), s.lacks)
	}
	if o == Unsafe && (s.known != nil || s.fall.refused) {
		return s.fallen(p, gaps)
	}
	w := &s.walk
	mark := func(j Job) { members[uint8(j)>>6] |= 1 << (uint8(j) & 63) }
	for _, d := range w.deferred {
		if !d.back {
			mark(d.job)
		}
	}
	mark(w.p)
	for _, r := range w.lost {
		if t := s.at(r, w.rank); len(t.waiting) > 0 {
			gaps = append(gaps, Amount{int(r), t.waiting[0].need - (t.work - t.gone)})
		}
	}
	if o == Unfair { // those behind the pinned job count as well
		members = everybody
	}
	if w.behind { // what p lacks did not matter yet
		return members, gaps
	}
	_, kinds := s.of(w.p)
	r, t := kinds[w.watch], s.at(kinds[w.watch], w.rank)
	return members, near(gaps, Amount{int(r), w.want[w.watch] - (t.work - t.gone)})
}

// near returns gaps with one more; of one resource the smaller one counts.
func near(gaps []Amount, gap Amount) []Amount {
	for i := range gaps {
		if gaps[i].Resource == gap.Resource {
			gaps[i].Units = min(gaps[i].Units, gap.Units)
			return gaps
		}
	}
	return append(gaps, gap)
}

// fallen is refusal where a cascade came to it.
func (s *State) fallen(p Job, gaps []Amount) (members [4]uint64, lacks []Amount) {
	few := len(s.jobs) <= s.few
	if c := s.known; c != nil && !few {
		return everybody, near(c.gaps(s, gaps), s.lacks)
	}
	s.cascade(p, math.MaxInt) // it came to an end before, or would have
	s.note()
	members = everybody
	if few {
		for _, j := range s.fall.done {
			members[uint8(j)>>6] &^= 1 << (uint8(j) & 63)
		}
	}
	s.restore(p)
	return members, near(s.known.gaps(s, gaps), s.lacks)
}

var everybody = [4]uint64{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}

// gaps appends what members lack once the request at hand of s is granted, the nearest one
// of each resource.
func (c *stuckSet) gaps(s *State, gaps []Amount) []Amount {
	for r, lack := range c.lack {
		if lack != math.MaxInt64 {
			gaps = append(gaps, Amount{r, lack + min(0, s.asked(int32(r))-c.units[r])})
		}
	}
	return gaps
}
