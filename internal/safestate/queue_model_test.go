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
	cuts  map[*safestate.Waiter][]int64 // of capacity, that wait
	line  []*safestate.Waiter           // their keys, in order of arrival
	bound int
	front []safestate.Job   // of the pinned job, when it was pinned
	was   *safestate.Waiter // whose job was pinned
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
		t: t, r: r, bound: bound,
		q: safestate.NewQueue(total, bound), x: newMatrix(total), waits: map[*safestate.Waiter][]int64{},
		cuts: map[*safestate.Waiter][]int64{},
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

func (c *crowd) waiting(j safestate.Job) bool {
	return slices.ContainsFunc(c.q.Waiting(), func(w *safestate.Waiter) bool { k, _ := w.Request(); return k == j })
}

// some returns a job, most often one that does not wait.
func (c *crowd) some() safestate.Job {
	j := c.x.jobs[c.r.IntN(len(c.x.jobs))]
	for range 8 {
		if !c.waiting(j) || c.r.IntN(8) == 0 {
			break
		}
		j = c.x.jobs[c.r.IntN(len(c.x.jobs))]
	}
	return j
}

func (c *crowd) step() {
	op := c.r.IntN(110)
	switch {
	case len(c.x.jobs) == 0 || op < 10 && len(c.x.jobs) < 24:
		claim := c.below(c.x.total)
		j, o := c.q.Register(amounts(c.r, claim))
		require.Equal(c.t, safestate.Granted, o)
		c.x.register(j, claim)
	case op < 70:
		c.ask(c.some())
	case op < 86:
		j := c.x.jobs[c.r.IntN(len(c.x.jobs))]
		back := c.below(c.x.held[j])
		c.x.take(j, back, -1)
		require.Equal(c.t, safestate.Granted, c.q.GiveBack(j, amounts(c.r, back)))
	case op < 92:
		j := c.some()
		c.x.close(j)
		c.q.Leave(j)
	case op < 96 && len(c.q.Waiting()) > 0:
		c.cancel(c.q.Waiting()[c.r.IntN(len(c.q.Waiting()))])
	case op < 98:
		j := c.x.jobs[c.r.IntN(len(c.x.jobs))]
		less := c.below(c.x.need[j])
		add(c.x.need[j], less, -1)
		require.Equal(c.t, safestate.Granted, c.q.Lower(j, amounts(c.r, less)))
	default:
		c.rare(op)
	}
	c.collect()
}

// rare raises claims and changes the capacity.
func (c *crowd) rare(op int) {
	one := make([]int64, len(c.x.total))
	one[c.r.IntN(len(one))] = c.r.Int64N(3)
	switch {
	case op < 102:
		add(c.x.total, one, 1)
		add(c.x.free, one, 1)
		require.Equal(c.t, safestate.Granted, c.q.Enlarge(amounts(c.r, one)))
	case op < 105:
		c.raise(c.some(), one)
	case op < 107:
		c.same(c.shrunk(one, true), c.q.Shrink(amounts(c.r, one)))
	case op < 109 || len(c.cuts) == 0:
		w := &safestate.Waiter{}
		o := c.q.WaitShrink(amounts(c.r, one), w)
		c.same(c.shrunk(one, true), o)
		if o != safestate.Granted {
			c.cuts[w] = one
			c.line = append(c.line, w)
		}
	default:
		c.cancel(c.line[c.r.IntN(len(c.line))])
	}
}

func (c *crowd) cancel(w *safestate.Waiter) {
	require.True(c.t, c.q.Cancel(w))
	require.False(c.t, c.q.Cancel(w))
	c.forget(w)
}

func (c *crowd) forget(w *safestate.Waiter) {
	delete(c.waits, w)
	delete(c.cuts, w)
	c.line = slices.DeleteFunc(c.line, func(x *safestate.Waiter) bool { return x == w })
}

// same compares outcomes. Of a request that is unfair and unsafe the first ground that is found is told.
func (c *crowd) same(want, got safestate.Outcome) {
	if got == safestate.Unfair && want == safestate.Unsafe {
		got = want
	}
	require.Equal(c.t, want, got)
}

func (c *crowd) raise(j safestate.Job, by []int64) {
	want := safestate.Granted
	add(c.x.need[j], by, 1)
	switch {
	case !covers(c.x.total, c.x.claimOf(j)):
		want = safestate.OverCapacity
	case len(c.x.textbook()) > 0:
		want = safestate.Unsafe
	case c.delays(j):
		want = safestate.Unfair
	}
	if want != safestate.Granted {
		add(c.x.need[j], by, -1)
	}
	c.same(want, c.q.RaiseClaim(j, amounts(c.r, by)))
}

// shrunk tells what becomes of a request to take capacity away, and takes it if keep says so.
func (c *crowd) shrunk(by []int64, keep bool) safestate.Outcome {
	want := safestate.Granted
	add(c.x.total, by, -1)
	add(c.x.free, by, -1)
	switch {
	case slices.ContainsFunc(c.x.jobs, func(j safestate.Job) bool { return !covers(c.x.total, c.x.claimOf(j)) }),
		!covers(c.x.total, make([]int64, len(by))):
		want = safestate.OverCapacity
	case !covers(c.x.free, make([]int64, len(by))):
		want = safestate.Unavailable
	case len(c.x.textbook()) > 0:
		want = safestate.Unsafe
	case c.delays(safestate.None):
		want = safestate.Unfair
	}
	if want != safestate.Granted || !keep {
		add(c.x.total, by, 1)
		add(c.x.free, by, 1)
	}
	return want
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
	c.same(expected, o)
	if o != safestate.Granted {
		c.waits[w] = want
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
