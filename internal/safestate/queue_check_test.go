package safestate_test

import (
	"slices"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/safestate"
)

// unfair tells whether granting want to j would delay the pinned job: j is not, or cannot
// finish, in front of it, and those in front of it do not leave it enough without j.
func (c *crowd) unfair(j safestate.Job, want []int64) bool {
	pin := c.q.Pinned()
	if pin == safestate.None || slices.Max(want) == 0 || !covers(c.x.need[j], want) || !covers(c.x.free, want) {
		return false
	}
	c.x.take(j, want, 1)
	defer c.x.take(j, want, -1)
	return c.delays(j)
}

// delays tells whether, as things stand, those in front of the pinned job do not leave it
// enough, and j does not finish in front of it either.
func (c *crowd) delays(j safestate.Job) bool {
	pin := c.q.Pinned()
	if pin == safestate.None {
		return false
	}
	order := slices.Collect(c.q.Order)
	ahead := order[:slices.Index(order, pin)]
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
		switch j, _ := w.Request(); {
		case j == safestate.None:
			require.Equal(c.t, safestate.Granted, w.Outcome)
			add(c.x.total, c.cuts[w], -1)
			add(c.x.free, c.cuts[w], -1)
		case w.Outcome == safestate.Granted:
			c.x.take(j, c.waits[w], 1)
		default:
			require.Equal(c.t, safestate.OverClaim, w.Outcome)
			require.False(c.t, slices.Contains(c.x.jobs, j) && covers(c.x.need[j], c.waits[w]))
		}
		c.forget(w)
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
	for _, by := range c.cuts {
		require.NotEqual(c.t, safestate.Granted, c.shrunk(by, false), "a cut of %v waits for what it could have", by)
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
		c.was = nil
		return
	}
	ahead := order[:slices.Index(order, pin)]
	if c.was == c.q.Waiting()[0] {
		for _, j := range ahead {
			require.Contains(c.t, c.front, j, "got in front of the pinned job")
		}
	}
	c.was, c.front = c.q.Waiting()[0], slices.Clone(ahead)
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
		if len(order) > 0 && c.waiting(j) {
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
