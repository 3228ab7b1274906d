//go:build !interlock_off

package banker_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/banker"
	"github.com/interlock-go/interlock/internal/reported"
	"github.com/interlock-go/interlock/lockorder"
)

// actor is a goroutine that does what it is told.
type actor chan func()

func newActor(t *testing.T) actor {
	a, done := make(actor), make(chan bool)
	go func() {
		defer close(done)
		for f := range a {
			f()
		}
	}()
	t.Cleanup(func() {
		close(a)
		<-done
	})
	return a
}

// does has a do f, and returns when it has.
func (a actor) does(f func()) {
	done := make(chan bool)
	a <- func() { f(); close(done) }
	<-done
}

// begins has a call f, and does not wait for its result.
func (a actor) begins(f func() error) <-chan error {
	result := make(chan error, 1)
	a <- func() { result <- f() }
	return result
}

// two are two bankers and two goroutines: x of the first is held by a job of m, who will
// wait for y of the second, which a job of g holds, who waits for x.
type two struct {
	t            *testing.T
	first        *banker.Banker
	second       *banker.Banker
	m, g, other  actor
	x, y         *banker.Job // the holders
	wantX, wantY *banker.Job
}

func newTwo(t *testing.T) *two {
	reported.During(t) // keeps reports off standard error
	s := &two{
		t: t, first: open(t, banker.Capacity{"x": 1}), second: open(t, banker.Capacity{"y": 2, "z": 100}),
		m: newActor(t), g: newActor(t), other: newActor(t),
	}
	s.x, s.wantX = register(t, s.first, "x", banker.Of("x", 1)), register(t, s.first, "wantX", banker.Of("x", 1))
	s.y = register(t, s.second, "y", banker.Of("y", 2), banker.Of("z", 9))
	s.wantY = register(t, s.second, "wantY", banker.Of("y", 2))
	s.m.does(func() { s.own(s.x, banker.Of("x", 1)) })
	return s
}

// own has the running goroutine own j and take something.
func (s *two) own(j *banker.Job, amount banker.Amount) {
	j.Own()
	require.NoError(s.t, j.TryAcquire(amount))
}

// gWaits has g wait for x.
func (s *two) gWaits(ctx context.Context) <-chan error {
	result := s.g.begins(func() error { return s.wantX.AcquireRest(ctx) })
	waiting(s.t, s.first, 1)
	return result
}

// ends lets all go on who wait.
func (s *two) ends(all ...<-chan error) {
	s.y.Close()
	s.x.Close()
	for _, result := range all {
		require.NoError(s.t, <-result)
	}
	s.wantX.Close()
	s.wantY.Close()
}

// refused requires that one of the calls is refused, and lets the other go on. It is mostly the later one; but a call is queued before it
// tells the detector, so it may as well be the earlier.
func (s *two) refused(x, y <-chan error) {
	var err error
	left := x
	select {
	case err = <-y:
	case err = <-x:
		left = y
	}
	var ring *lockorder.DeadlockError
	require.ErrorAs(s.t, err, &ring)
	require.Equal(s.t, lockorder.Deadlock, ring.Report.Tier)
	s.ends(left)
}

// A wait that would close a ring is refused if it is certain who must act, and only then.
func TestRingsAreCertainOrSilent(t *testing.T) {
	one := banker.Of("y", 1)
	for _, c := range []struct {
		name   string
		ring   bool
		before func(s *two, ctx context.Context) // g waits for x, and holds y
	}{
		{"each job is used by its owner", true, func(*two, context.Context) {}},
		{"another releases", false, func(s *two, _ context.Context) {
			s.other.does(func() { require.NoError(t, s.y.Release()) })
		}},
		{"another tries", false, func(s *two, _ context.Context) {
			s.other.does(func() { require.NoError(t, s.y.TryAcquire(banker.Of("z", 1))) })
		}},
		{"another tries in vain", true, func(s *two, _ context.Context) {
			s.other.does(func() { require.Error(t, s.y.TryAcquire(banker.Of("z", 10))) })
		}},
		{"another acquires", false, func(s *two, ctx context.Context) {
			s.other.does(func() { require.NoError(t, s.y.Acquire(ctx, banker.Of("z", 1))) })
		}},
		{"another is granted what it waited for", false, func(s *two, ctx context.Context) {
			k := register(t, s.second, "k", banker.Of("z", 100))
			require.NoError(t, k.TryAcquire(banker.Of("z", 100)))
			got := s.other.begins(func() error { return s.y.Acquire(ctx, banker.Of("z", 9)) })
			waiting(t, s.second, 1)
			k.Close()
			require.NoError(t, <-got)
		}},
		{"another gives up", true, func(s *two, ctx context.Context) {
			k := register(t, s.second, "k", banker.Of("z", 100))
			require.NoError(t, k.TryAcquire(banker.Of("z", 100)))
			c, cancel := context.WithCancel(ctx)
			got := s.other.begins(func() error { return s.y.Acquire(c, banker.Of("z", 9)) })
			waiting(t, s.second, 1)
			cancel()
			require.ErrorIs(t, <-got, context.Canceled)
			k.Close()
		}},
		{"capacity can come from nowhere", false, func(s *two, _ context.Context) { require.NoError(t, s.second.Grow(banker.Of("z", 1))) }},
		{"a holder that nobody vouches for", false, func(s *two, _ context.Context) {
			k := register(t, s.second, "k", one)
			require.NoError(t, k.TryAcquire(one))
			t.Cleanup(k.Close)
		}},
		{"as many holders as are kept", true, func(s *two, _ context.Context) { s.crowd(31) }},
		{"a holder more", false, func(s *two, _ context.Context) { s.crowd(32) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newTwo(t)
			ctx := within(t)
			s.g.does(func() { s.own(s.y, one) })
			x := s.gWaits(ctx)
			c.before(s, ctx)
			y := s.m.begins(func() error { return s.wantY.AcquireRest(ctx) })
			if c.ring {
				s.refused(x, y)
				return
			}
			waiting(t, s.second, 1)
			require.NoError(t, s.second.Grow(one)) // for those that another holder has
			s.ends(x, y)
		})
	}
}

// crowd has n more jobs hold something.
func (s *two) crowd(n int) {
	for i := range n {
		k := register(s.t, s.second, fmt.Sprint("k", i), banker.Of("z", 1))
		require.NoError(s.t, k.TryAcquire(banker.Of("z", 1)))
		s.t.Cleanup(k.Close)
	}
}

// A call of another goroutine that ends without a grant is no use of the job: here the owner takes what it waits for.
func TestARefusedCallIsNoUse(t *testing.T) {
	s := newTwo(t)
	ctx := within(t)
	k := register(t, s.second, "k", banker.Of("y", 1))
	require.NoError(t, k.TryAcquire(banker.Of("y", 1)))
	s.g.does(func() { s.y.Own() })
	got := s.other.begins(func() error { return s.y.AcquireRest(ctx) })
	waiting(t, s.second, 1)
	s.g.does(func() { require.NoError(t, s.y.TryAcquire(banker.Of("y", 1))) })
	require.ErrorIs(t, <-got, banker.ErrOverClaim)
	k.Close()
	x := s.gWaits(ctx)
	s.refused(x, s.m.begins(func() error { return s.wantY.AcquireRest(ctx) }))
}

// Who calls Own is the owner from then on, whoever used the job before. Do calls it.
func TestOwnAgain(t *testing.T) {
	s := newTwo(t)
	ctx := within(t)
	s.g.does(func() { s.own(s.y, banker.Of("y", 1)) })
	s.other.does(func() { require.NoError(t, s.y.Release()) })
	s.g.does(s.y.Own)
	x := s.gWaits(ctx)
	s.refused(x, s.m.begins(func() error { return s.wantY.AcquireRest(ctx) }))

	s = newTwo(t)
	x = s.g.begins(func() error {
		return banker.Do(ctx, s.second, "done", banker.Claim{banker.Of("y", 1)}, func(j *banker.Job) error {
			require.NoError(t, j.AcquireRest(ctx))
			return s.wantX.AcquireRest(ctx)
		})
	})
	waiting(t, s.first, 1)
	s.refused(x, s.m.begins(func() error { return s.wantY.AcquireRest(ctx) }))
}

// A ring that closes because somebody else gives its units back is found then.
func TestRingClosedByARelease(t *testing.T) {
	s := newTwo(t)
	ctx := within(t)
	one := banker.Of("y", 1)
	s.g.does(func() { s.own(s.y, one) })
	x := s.gWaits(ctx)
	k := register(t, s.second, "k", one)
	s.other.does(func() { s.own(k, one) })
	y := s.m.begins(func() error { return s.wantY.AcquireRest(ctx) })
	waiting(t, s.second, 1)
	s.other.does(k.Close)
	s.refused(x, y)
}

// Who holds something and is not stuck cannot help one whose request is unsafe.
func TestRingThroughAnUnsafeRequest(t *testing.T) {
	s := newTwo(t)
	ctx := within(t)
	s.g.does(func() { s.own(s.y, banker.Of("y", 1)) })
	s.crowd(3)
	x := s.gWaits(ctx)
	require.Equal(t, banker.ErrUnsafe, s.wantY.Explain(banker.Of("y", 1)).Err)
	s.refused(x, s.m.begins(func() error { return s.wantY.Acquire(ctx, banker.Of("y", 1)) }))
}

// A ring that is found while a call gives up is told all the same: its report says that this call was refused.
func TestRingFoundWhileGivingUp(t *testing.T) {
	s := newTwo(t)
	one := banker.Of("y", 1)
	s.g.does(func() { s.own(s.y, one) })
	x := s.gWaits(within(t))
	k := register(t, s.second, "k", one)
	s.other.does(func() { s.own(k, one) })
	ctx := &ending{within(t), make(chan struct{}), func() { s.other.does(k.Close) }}
	y := s.m.begins(func() error { return s.wantY.AcquireRest(ctx) })
	waiting(t, s.second, 1)
	close(ctx.done)
	var ring *lockorder.DeadlockError
	require.ErrorAs(t, <-y, &ring)
	s.ends(x)
}

// A grant ends a wait at once, also if the goroutine that gave waits before the other one has run.
func TestAGrantEndsTheWaitBeforeItsGoroutineRuns(t *testing.T) {
	s := newTwo(t)
	ctx := within(t)
	s.g.does(func() { s.own(s.y, banker.Of("y", 1)) })
	y := s.m.begins(func() error { return s.wantY.AcquireRest(ctx) })
	waiting(t, s.second, 1)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // so that it does not run before
	x := s.g.begins(func() error {
		s.y.Close()
		return s.wantX.AcquireRest(ctx)
	})
	require.NoError(t, <-y)
	waiting(t, s.first, 1)
	s.ends(x)
}

// What was certain of a wait is forgotten when it no longer is.
func TestCertaintyEnds(t *testing.T) {
	s := newTwo(t)
	ctx := within(t)
	s.g.does(func() { s.own(s.y, banker.Of("y", 1)) })
	y := s.m.begins(func() error { return s.wantY.AcquireRest(ctx) })
	waiting(t, s.second, 1)
	require.NoError(t, s.second.Grow(banker.Of("z", 1)))
	x := s.gWaits(ctx)
	s.ends(y, x)
}
