package safestate_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/interlock-go/interlock/internal/safestate"
)

// crowd is a queue beside the matrix that its state should equal.
type crowd struct {
	t     *rapid.T
	r     *rand.Rand
	q     *safestate.Queue
	x     *matrix
	waits map[*safestate.Waiter][]int64
	bound int
	front []safestate.Job // of the pinned job, when it was pinned
	was   safestate.Job   // pinned
}

func newCrowd(t *rapid.T) *crowd {
	seed := rapid.Uint64().Draw(t, "seed")
	r := rand.New(rand.NewPCG(seed, 7))
	total := make([]int64, 1+r.IntN(4))
	for i := range total {
		total[i] = 2 + r.Int64N(10)
	}
	bound := r.IntN(12) - 1
	c := &crowd{
		t: t, r: r, bound: bound, was: safestate.None,
		q: safestate.NewQueue(total, bound), x: newMatrix(total), waits: map[*safestate.Waiter][]int64{},
	}
	c.q.SetBlockSize(1 + r.IntN(8))
	c.q.SetWorth(r.IntN(4))
	c.q.SetFew(256 * r.IntN(2))
	c.q.SetPatience(r.IntN(40))
	return c
}

func (c *crowd) below(limit []int64) []int64 {
	q := make([]int64, len(limit))
	for i := range q {
		if limit[i] > 0 && c.r.IntN(2) == 0 {
			q[i] = 1 + c.r.Int64N(limit[i])
		}
	}
	return q
}

func (c *crowd) idle() (jobs []safestate.Job) {
	for _, j := range c.x.jobs {
		if !slices.ContainsFunc(c.q.Waiting(), func(w *safestate.Waiter) bool { k, _ := w.Request(); return k == j }) {
			jobs = append(jobs, j)
		}
	}
	return jobs
}

func (c *crowd) step() {
	idle := c.idle()
	op := c.r.IntN(100)
	switch {
	case len(idle) == 0 || op < 10 && len(c.x.jobs) < 24:
		claim := c.below(c.x.total)
		j, o := c.q.Register(amounts(c.r, claim))
		require.Equal(c.t, safestate.Granted, o)
		c.x.register(j, claim)
	case op < 70:
		c.ask(idle[c.r.IntN(len(idle))])
	case op < 86:
		j := c.x.jobs[c.r.IntN(len(c.x.jobs))]
		back := c.below(c.x.held[j])
		c.x.take(j, back, -1)
		require.Equal(c.t, safestate.Granted, c.q.GiveBack(j, amounts(c.r, back)))
	case op < 92:
		j := idle[c.r.IntN(len(idle))]
		c.x.close(j)
		c.q.Leave(j)
	case op < 96 && len(c.q.Waiting()) > 0:
		w := c.q.Waiting()[c.r.IntN(len(c.q.Waiting()))]
		require.True(c.t, c.q.Cancel(w))
		require.False(c.t, c.q.Cancel(w))
		delete(c.waits, w)
	case op < 98:
		j := c.x.jobs[c.r.IntN(len(c.x.jobs))]
		less := c.below(c.x.need[j])
		add(c.x.need[j], less, -1)
		require.Equal(c.t, safestate.Granted, c.q.Lower(j, amounts(c.r, less)))
	default:
		more := make([]int64, len(c.x.total))
		more[c.r.IntN(len(more))] = c.r.Int64N(2)
		add(c.x.total, more, 1)
		add(c.x.free, more, 1)
		require.Equal(c.t, safestate.Granted, c.q.Enlarge(amounts(c.r, more)))
	}
	c.collect()
}

func (c *crowd) ask(j safestate.Job) {
	want := c.below(c.x.need[j])
	w := &safestate.Waiter{}
	unfair := c.unfair(j, want)
	req := amounts(c.r, want)
	o := c.q.Try(j, req)
	if o.Waits() {
		c.q.Park(j, req, o, w)
	}
	expected := c.x.acquire(j, want, false)
	if expected == safestate.Granted && unfair {
		expected = safestate.Unfair
		c.x.take(j, want, -1)
	}
	if o == safestate.Unfair && expected == safestate.Unsafe {
		o = expected // the walk ends at the first ground for a refusal
	}
	require.Equal(c.t, expected, o)
	if o != safestate.Granted {
		c.waits[w] = want
	}
}

// unfair tells whether granting want to j would delay the pinned job: j is not, or cannot
// finish, in front of it, and those in front of it do not leave it enough without j.
func (c *crowd) unfair(j safestate.Job, want []int64) bool {
	pin := c.q.Pinned()
	if pin == safestate.None || pin == j || slices.Max(want) == 0 || !covers(c.x.need[j], want) || !covers(c.x.free, want) {
		return false
	}
	order := slices.Collect(c.q.Order)
	ahead := order[:slices.Index(order, pin)]
	c.x.take(j, want, 1)
	defer c.x.take(j, want, -1)
	work := slices.Clone(c.x.free)
	for done := map[safestate.Job]bool{}; ; {
		n := len(done)
		for _, k := range ahead {
			if !done[k] && covers(work, c.x.need[k]) {
				done[k] = true
				add(work, c.x.held[k], 1)
			}
		}
		if done[j] {
			return false
		}
		if len(done) == n {
			return !covers(work, c.x.need[pin])
		}
	}
}

// collect takes what was granted to those who waited.
func (c *crowd) collect() {
	for _, w := range c.q.Settled() {
		j, _ := w.Request()
		if w.Outcome == safestate.Granted {
			c.x.take(j, c.waits[w], 1)
		} else {
			require.Equal(c.t, safestate.OverClaim, w.Outcome)
			require.False(c.t, covers(c.x.need[j], c.waits[w]))
		}
		delete(c.waits, w)
	}
}

func (c *crowd) check() {
	require.NoError(c.t, c.q.Invariants())
	require.Empty(c.t, c.x.textbook())
	require.Len(c.t, c.q.Waiting(), len(c.waits))
	for r := range c.x.free {
		require.Equal(c.t, c.x.free[r], c.q.Free(r))
		require.GreaterOrEqual(c.t, c.x.free[r], int64(0))
	}
	for _, w := range c.q.Waiting() {
		j, req := w.Request()
		require.NotEqual(c.t, safestate.Granted, c.q.Probe(j, req), "job %d waits for what it could have", j)
	}
	c.fair()
}

// fair checks that nobody overtakes too often, or gets in front of the pinned job.
func (c *crowd) fair() {
	if c.bound < 0 {
		require.Equal(c.t, safestate.None, c.q.Pinned())
		return
	}
	require.LessOrEqual(c.t, c.q.Overtaken(), c.bound)
	if len(c.q.Waiting()) > 0 && c.q.Overtaken() == c.bound {
		j, _ := c.q.Waiting()[0].Request()
		require.Equal(c.t, j, c.q.Pinned())
	}
	order := slices.Collect(c.q.Order)
	pin := c.q.Pinned()
	if pin == safestate.None {
		c.was = pin
		return
	}
	ahead := order[:slices.Index(order, pin)]
	if c.was == pin {
		for _, j := range ahead {
			require.Contains(c.t, c.front, j, "got in front of the pinned job")
		}
	}
	c.was, c.front = pin, slices.Clone(ahead)
}

// drain lets the first of the order finish, again and again, until nobody waits.
func (c *crowd) drain() {
	for len(c.q.Waiting()) > 0 {
		order := slices.Collect(c.q.Order)
		j := safestate.None
		if len(order) > 0 {
			j = order[0]
		} else {
			j, _ = c.q.Waiting()[0].Request()
		}
		require.NotContains(c.t, c.idle(), safestate.None)
		if !slices.Contains(c.idle(), j) {
			c.t.Fatalf("job %d comes first and waits", j)
		}
		rest := slices.Clone(c.x.need[j])
		require.Equal(c.t, safestate.Granted, c.x.acquire(j, rest, false))
		require.Equal(c.t, safestate.Granted, c.q.Try(j, amounts(c.r, rest)))
		c.collect()
		c.x.close(j)
		c.q.Leave(j)
		c.collect()
		c.check()
	}
}

// Nobody waits for what it could have, the books balance, the bound on overtaking holds,
// and nobody waits for ever if jobs finish.
func TestQueueModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := newCrowd(t)
		for range 120 {
			c.step()
			c.check()
		}
		c.drain()
	})
}
