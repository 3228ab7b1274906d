package safestate

import "slices"

// Queue is a State with those who wait. Who is granted what, and when, is decided by the
// calls alone, so that a front only has to wake whom Settled names.
//
// A waiter is looked at again when it may have become possible and not before: when the
// units it lacks are free, or when a refusal has lost its ground (L4).
//
// The oldest waiter is overtaken by at most a set number of grants; then its job is
// pinned (see [State.Pin]), and nothing is granted that would delay it further.
type Queue struct {
	*State
	bound   int // on overtaking, or negative
	arrived uint64
	waiting []*Waiter    // in order of arrival
	shrinks []*Waiter    // those who want to take capacity away
	per     map[Job]int  // number of waiters of a job
	short   [][]shortage // by resource: who waits for free units of it
	stuck   [][]*Waiter  // by resource: who was refused and may be helped by units of it
	again   []*Waiter    // those to look at again, the oldest last
	mixed   bool         // they have to be sorted first
	pinned  *Waiter      // whose job is pinned
	settled []*Waiter
	tests   uint64
}

type shortage struct {
	units int64
	w     *Waiter
}

// Waiter is a request that waits.
type Waiter struct {
	Tag     any     // the front's
	Outcome Outcome // when settled

	job       Job
	req       []Amount
	arrival   uint64
	overtaken int
	state     waiting
	lacks     int       // the resource, if short
	members   [4]uint64 // the stuck set, a bit for all jobs with that number modulo 256
	gaps      []Amount  // what members have to give back of a resource, if refused
}

type waiting uint8

const (
	settled waiting = iota
	short           // in Queue.short
	refused         // in Queue.stuck
	unfair          // in Queue.stuck; it may also go on when the pinned job is let go
	ready           // in Queue.again
)

// NewQueue returns a queue with all units free. bound is the number of grants by which
// the oldest waiter may be overtaken before its job is pinned; there is none if it is negative.
func NewQueue(total []int64, bound int) *Queue {
	return &Queue{
		State: New(total), bound: bound, per: map[Job]int{},
		short: make([][]shortage, len(total)), stuck: make([][]*Waiter, len(total)),
	}
}

// Tests returns how many requests were tested for safety so far.
func (q *Queue) Tests() uint64 { return q.tests }

// Settled returns those who wait no more since the last call, each with its outcome. The
// slice is good until the next call of the queue.
func (q *Queue) Settled() []*Waiter {
	s := q.settled
	q.settled = q.settled[:0]
	return s
}

// Waiting returns those who wait for units, in order of arrival, to be read only.
func (q *Queue) Waiting() []*Waiter { return q.waiting }

// Request returns the job and what it asks for, to be read only.
func (w *Waiter) Request() (Job, []Amount) { return w.job, w.req }

// Helpers calls yield with the jobs of which one must act before w can go on.
func (q *Queue) Helpers(w *Waiter, yield func(Job) bool) {
	for j := range q.Order {
		helps := w.state == unfair
		switch w.state {
		case short:
			us, kinds := q.of(j)
			e := entry(kinds, w.lacks, -1)
			helps = e >= 0 && us[e].held > 0
		case refused:
			helps = w.has(j)
		}
		if helps && !yield(j) {
			return
		}
	}
}

// has tells whether j may be in the stuck set.
func (w *Waiter) has(j Job) bool { return w.members[uint8(j)>>6]>>(uint8(j)&63)&1 != 0 }

// Try gives req to j at once or not at all.
func (q *Queue) Try(j Job, req []Amount) Outcome {
	o := q.ask(j, req)
	if o == Granted && len(q.asks) > 0 && len(q.waiting) > 0 { // who takes nothing overtakes nobody
		q.overtook(nil)
		if q.review(j) { // with the pinned one, perhaps
			q.settle()
		}
	}
	return o
}

func (q *Queue) ask(j Job, req []Amount) Outcome {
	o := q.request(j, req)
	if o == Granted {
		if o = q.decide(j); o == Granted || o >= Unsafe && !q.told {
			q.tests++
		}
	}
	return o
}

// Waits tells whether a request with this outcome can wait.
func (o Outcome) Waits() bool { return o == Unavailable || o == Unsafe || o == Unfair }

// Park lets a request wait as w, which the caller makes. It was the queue's last call, to
// Try, that had outcome o.
func (q *Queue) Park(j Job, req []Amount, o Outcome, w *Waiter) {
	w.job, w.req = j, slices.Clone(req)
	w.arrival = q.arrived
	q.arrived++
	q.waiting = append(q.waiting, w)
	q.per[j]++
	q.park(w, o)
	q.mind()
}

// WaitShrink takes capacity away as soon as every claim fits and the state stays safe.
func (q *Queue) WaitShrink(amounts []Amount, w *Waiter) Outcome {
	o := q.Shrink(amounts)
	if o.Waits() || o == OverCapacity {
		w.job, w.req, w.state = None, slices.Clone(amounts), ready
		q.shrinks = append(q.shrinks, w)
	}
	return o
}

// Cancel takes w out. It reports false if w is settled; then what it got is the caller's.
func (q *Queue) Cancel(w *Waiter) bool {
	if w.state == settled {
		return false
	}
	q.leave(w)
	q.settle()
	return true
}

// park files w under what can help it after outcome o, of the walk just made.
func (q *Queue) park(w *Waiter, o Outcome) {
	if o == Unavailable {
		for _, a := range q.asks {
			if a.units > q.free[a.kind] {
				w.state, w.lacks = short, int(a.kind)
				q.short[a.kind] = append(q.short[a.kind], shortage{a.units, w})
				return
			}
		}
	}
	w.state = refused
	if o == Unfair {
		w.state = unfair
	}
	w.members, w.gaps = q.refusal(w.job, o, w.gaps[:0])
	for _, g := range w.gaps {
		q.stuck[g.Resource] = append(q.stuck[g.Resource], w)
	}
}

// unpark takes w from where park put it.
func (q *Queue) unpark(w *Waiter) {
	switch w.state {
	case short:
		l := &q.short[w.lacks]
		i := slices.IndexFunc(*l, func(s shortage) bool { return s.w == w })
		*l = slices.Delete(*l, i, i+1)
	case refused, unfair:
		for _, g := range w.gaps {
			l := &q.stuck[g.Resource]
			i := slices.Index(*l, w)
			*l = slices.Delete(*l, i, i+1)
		}
	case ready:
		if i := slices.Index(q.again, w); i >= 0 {
			q.again = slices.Delete(q.again, i, i+1)
		}
	}
}

// leave takes w out of the queue.
func (q *Queue) leave(w *Waiter) {
	q.unpark(w)
	w.state = settled
	if w.job == None {
		i := slices.Index(q.shrinks, w)
		q.shrinks = slices.Delete(q.shrinks, i, i+1)
		return
	}
	i, _ := slices.BinarySearchFunc(q.waiting, w.arrival, func(x *Waiter, a uint64) int {
		return int(int64(x.arrival - a))
	})
	q.waiting = slices.Delete(q.waiting, i, i+1)
	if q.per[w.job]--; q.per[w.job] == 0 {
		delete(q.per, w.job)
	}
	if q.pinned == w {
		q.pinned = nil
		q.Unpin()
		for _, x := range q.waiting {
			if x.state == unfair {
				q.unpark(x)
				q.retry(x)
			}
		}
	}
	q.mind()
}

// retry has w looked at again.
func (q *Queue) retry(w *Waiter) {
	w.state = ready
	q.mixed = true
	q.again = append(q.again, w)
}

// finish settles w, which has got its answer.
func (q *Queue) finish(w *Waiter, o Outcome) {
	q.leave(w)
	w.Outcome = o
	q.settled = append(q.settled, w)
}

// overtook notes a grant to w, or to one that did not wait.
func (q *Queue) overtook(w *Waiter) {
	if len(q.waiting) > 0 && q.waiting[0] != w && q.pinned == nil {
		q.waiting[0].overtaken++
		q.mind()
	}
}

// mind pins the oldest waiter's job if it was overtaken often enough.
func (q *Queue) mind() {
	if len(q.waiting) == 0 || q.pinned != nil || q.bound < 0 {
		return
	}
	if w := q.waiting[0]; w.overtaken >= q.bound {
		q.pinned = w
		q.Pin(w.job)
	}
}

// Quiet tells whether nobody waits and nobody is to be told that it waits no more.
func (q *Queue) Quiet() bool { return len(q.waiting)+len(q.shrinks)+len(q.settled) == 0 }
