package banker_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/banker"
)

// step is one thing that a random program does.
type step struct {
	What, Who int
	Units     []int64
}

// broken is how a check ends a run of the model: rapid does not see into a bubble.
type broken struct{ why string }

func (b *broken) Errorf(format string, args ...any) { b.why += fmt.Sprintf(format, args...) }
func (b *broken) FailNow()                          { panic(b) }

// bank is a banker beside its model.
type bank struct {
	*broken
	b     *banker.Banker
	m     *model
	calls []*call
	made  int // jobs
}

func newBank(capacity []int64, bound int) *bank {
	b := &bank{broken: new(broken), m: &model{total: slices.Clone(capacity), free: slices.Clone(capacity), bound: bound}}
	all := banker.Capacity{}
	for r, n := range capacity {
		all[resource(r)] = n
	}
	var err error
	b.b, err = banker.New(all, banker.WithOvertaking(bound))
	require.NoError(b, err)
	return b
}

// simulate runs the steps and returns what broke.
func simulate(t *testing.T, capacity []int64, bound int, steps []step) (why string) {
	synctest.Test(t, func(*testing.T) {
		b := newBank(capacity, bound)
		defer func() {
			if x := recover(); x != nil && x != any(b.broken) {
				panic(x)
			}
			why = b.why
			for _, c := range b.calls {
				c.cancel()
			}
		}()
		for i, s := range steps {
			b.step(s)
			b.settle()
			b.check(fmt.Sprintf("after step %d, %+v", i, s))
		}
		b.drain()
	})
	return why
}

// amounts says units in full, and a part of them twice.
func amounts(units []int64) (all []banker.Amount) {
	for r, n := range slices.Backward(units) {
		all = append(all, banker.Of(resource(r), n-n/2), banker.Of(resource(r), n/2))
	}
	return all
}

// least returns the lesser of each two.
func least(a, b []int64) []int64 {
	l := slices.Clone(a)
	for r := range l {
		l[r] = min(l[r], b[r])
	}
	return l
}

func (b *bank) step(s step) {
	units := s.Units[:len(b.m.total)]
	if len(b.m.jobs) == 0 || s.What < 8 && len(b.m.jobs) < 9 {
		b.register(least(units, b.m.total))
		return
	}
	c := b.m.jobs[s.Who%len(b.m.jobs)]
	switch {
	case s.What < 30:
		b.try(c, least(units, c.need))
	case s.What < 62:
		b.begin(c, least(units, c.need))
	case s.What < 65:
		b.rest(c)
	case s.What < 76:
		b.release(c, least(units, c.held))
	case s.What < 79:
		less := least(units, c.need)
		require.NoError(b, c.job.LowerClaim(amounts(less)...))
		add(c.need, less, -1)
	case s.What < 83:
		b.same(b.m.raise(c, units), c.job.TryRaiseClaim(amounts(units)...))
	case s.What < 87:
		c.job.Close()
		b.closed(c)
	case s.What < 90 && len(b.calls) > 0:
		w := b.calls[s.Who%len(b.calls)]
		w.cancelled = true
		w.cancel()
	case s.What < 93:
		require.NoError(b, b.b.Grow(amounts(units)...))
		add(b.m.total, units, 1)
		add(b.m.free, units, 1)
	case s.What < 96:
		b.same(b.m.shrink(units), b.b.TryShrink(amounts(units)...))
	case s.What < 98:
		b.cut(units)
	default: // whoever this helps may be too late to be helped
		for _, w := range b.calls {
			w.cancelled = true
			w.cancel()
		}
		b.release(c, c.held)
		b.m.unsure = true
	}
}

// same compares errors. Of a request that is unfair and unsafe either is told.
func (b *bank) same(want, got error) {
	if errors.Is(got, banker.ErrUnfair) && errors.Is(want, banker.ErrUnsafe) {
		got = want
	}
	require.Equal(b, want, got)
}

func (b *bank) register(claim []int64) {
	c := &client{name: fmt.Sprint("J", b.made), need: slices.Clone(claim), held: make([]int64, len(claim))}
	b.made++
	var err error
	c.job, err = b.b.Register(c.name, amounts(claim)...)
	require.NoError(b, err)
	b.m.jobs = append(b.m.jobs, c)
}

func (b *bank) closed(c *client) {
	add(b.m.free, c.held, 1)
	b.m.jobs = slices.DeleteFunc(b.m.jobs, func(k *client) bool { return k == c })
	c.need, c.held = nil, nil
}

func (b *bank) release(c *client, units []int64) {
	back := slices.Clone(units)
	require.NoError(b, c.job.Release(amounts(back)...))
	b.m.take(c, back, -1)
}

func (b *bank) try(c *client, want []int64) {
	foretold := c.job.Explain(amounts(want)...)
	err := b.m.acquire(c, want)
	require.Equal(b, err, foretold.Err)
	b.same(err, c.job.TryAcquire(amounts(want)...))
	if err == nil && slices.Max(want) > 0 {
		b.m.overtook(nil)
	}
}

// begin calls Acquire, which may wait.
func (b *bank) begin(c *client, want []int64) {
	b.start(c, want, func(ctx context.Context) error { return c.job.Acquire(ctx, amounts(want)...) })
}

func (b *bank) rest(c *client) { b.start(c, slices.Clone(c.need), c.job.AcquireRest) }

func (b *bank) start(c *client, want []int64, f func(context.Context) error) {
	w := b.call(c, want, f)
	err := b.m.acquire(c, want)
	if err == nil {
		require.Len(b, w.result, 1, "waits for what it can have")
		require.NoError(b, <-w.result)
		if slices.Max(want) > 0 {
			b.m.overtook(nil)
		}
		return
	}
	require.Empty(b, w.result, "ended, should wait: %v", err)
	b.m.waits = append(b.m.waits, w)
	b.calls = append(b.calls, w)
	b.m.mind()
}

// cut calls Shrink, which may wait.
func (b *bank) cut(by []int64) {
	w := b.call(nil, by, func(ctx context.Context) error { return b.b.Shrink(ctx, amounts(by)...) })
	if b.m.shrink(by) == nil {
		require.Len(b, w.result, 1)
		require.NoError(b, <-w.result)
		return
	}
	b.m.cuts = append(b.m.cuts, w)
	b.calls = append(b.calls, w)
}

func (b *bank) call(c *client, want []int64, f func(context.Context) error) *call {
	ctx, cancel := context.WithCancel(context.Background())
	w := &call{by: c, want: want, cancel: cancel, result: make(chan error, 1)}
	go func() { w.result <- f(ctx) }()
	synctest.Wait()
	return w
}
