package banker_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/interlock-go/interlock/banker"
)

// settle takes up what became of those who waited.
func (b *bank) settle() {
	synctest.Wait()
	results := map[*call]error{}
	for _, w := range b.calls {
		select {
		case results[w] = <-w.result:
		default:
		}
	}
	for _, granted := range []bool{true, false} { // what was granted may be why others were not
		for _, w := range slices.Clone(b.calls) {
			if err, is := results[w]; is && (err == nil) == granted {
				b.calls = slices.DeleteFunc(b.calls, func(x *call) bool { return x == w })
				b.ended(w, err)
			}
		}
	}
}

// ended checks that a call ended for a reason, and does to the model what it did.
func (b *bank) ended(w *call, err error) {
	m := b.m
	switch {
	case err == nil && w.by == nil:
		add(m.total, w.want, -1)
		add(m.free, w.want, -1)
	case err == nil:
		require.True(b, covers(w.by.need, w.want))
		m.take(w.by, w.want, 1)
		m.overtook(w)
	case w.by != nil && w.by.need == nil:
		require.Equal(b, banker.ErrClosed, err)
		m.unsure = true
	case w.cancelled:
		if err != banker.ErrOverClaim { // another call's grant, which was given back, had used the claim up
			require.Equal(b, context.Canceled, err)
		}
		m.unsure = true // it may have been granted first
	default:
		require.Equal(b, banker.ErrOverClaim, err)
		require.False(b, covers(w.by.need, w.want))
		m.unsure = true
	}
	m.left(w)
}

// check compares all that can be seen.
func (b *bank) check(when string) {
	m, s := b.m, b.b.Snapshot()
	require.Equal(b, m.total, s.Total, when)
	require.Equal(b, m.free, s.Available, when)
	require.Len(b, s.Jobs, len(m.jobs), when)
	for _, c := range m.jobs {
		i := slices.Index(s.Jobs, c.name)
		require.Equal(b, [][]int64{c.claim(), c.held, c.need}, [][]int64{s.Max[i], s.Allocation[i], s.Need[i]}, "%s: %s", when, c.name)
	}
	require.True(b, m.safe(), when)
	follows(b, s)
	require.Len(b, s.Waiting, len(m.waits), when)
	if len(m.waits) > 0 && m.unsure {
		m.waits[0].vague = true
	}
	m.unsure = false
	if len(m.waits) > 0 && m.waits[0].vague {
		m.pinned = s.Waiting[0].Pinned
	}
	for i, w := range m.waits {
		require.Equal(b, banker.Waiting{Job: w.by.name, Request: w.want, Pinned: i == 0 && m.pinned}, s.Waiting[i], when)
	}
	m.front = nil
	if m.pinned {
		m.front = s.SafeSequence[:slices.Index(s.SafeSequence, m.waits[0].by.name)]
	}
	b.rightly(when)
}

// rightly checks that nobody waits for what it can have.
func (b *bank) rightly(when string) {
	said := b.b.Waiting(len(b.m.waits))
	for i, w := range b.m.waits {
		err := b.m.acquire(w.by, w.want)
		require.Error(b, err, "%s: %s waits for %v", when, w.by.name, w.want)
		require.Equal(b, err, said[i].Err, when)
	}
	for _, w := range b.m.cuts {
		require.Error(b, b.m.shrink(w.want), "%s: Shrink waits for %v", when, w.want)
	}
}

// drain lets the jobs finish in the safe order: nobody waits for ever.
func (b *bank) drain() {
	for len(b.m.jobs) > 0 {
		name := b.b.Snapshot().SafeSequence[0]
		c := b.m.jobs[slices.IndexFunc(b.m.jobs, func(c *client) bool { return c.name == name })]
		b.rest(c)
		b.settle()
		c.job.Close()
		b.closed(c)
		b.settle()
		b.check("when " + name + " has finished")
	}
	require.Empty(b, b.m.waits)
}

// Every decision is the textbook's, whoever waits cannot go on, and all that a snapshot says is so.
func TestBankerModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		few := rapid.Int64Range(0, 4)
		capacity := rapid.SliceOfN(rapid.Int64Range(1, 8), 1, 3).Draw(rt, "capacity")
		bound := rapid.IntRange(-1, 5).Draw(rt, "bound")
		steps := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) step {
			return step{rapid.IntRange(0, 99).Draw(rt, "what"), rapid.IntRange(0, 99).Draw(rt, "who"), rapid.SliceOfN(few, 3, 3).Draw(rt, "units")}
		}), 20, 100).Draw(rt, "steps")
		if why := simulate(t, capacity, bound, steps); why != "" {
			rt.Fatal(why)
		}
	})
}
