package banker_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/banker"
)

func TestBadInputChangesNothing(t *testing.T) {
	b := open(t, banker.Capacity{"gpu": 4, "mem": math.MaxInt64})
	j := register(t, b, "j", banker.Of("gpu", 2), banker.Of("mem", math.MaxInt64))
	other := register(t, b, "other", banker.Of("gpu", 4))
	require.NoError(t, j.TryAcquire(banker.Of("gpu", 1), banker.Of("mem", 5)))
	before := b.Snapshot()
	for _, c := range []struct {
		name string
		want error
		call func() error
	}{
		{"over claim", banker.ErrOverClaim, func() error { return j.TryAcquire(banker.Of("gpu", 2)) }},
		{"over claim, waiting", banker.ErrOverClaim, func() error { return j.Acquire(t.Context(), banker.Of("gpu", 2)) }},
		{"not claimed at all", banker.ErrOverClaim, func() error { return other.TryAcquire(banker.Of("mem", 1)) }},
		{"negative", banker.ErrNegative, func() error { return j.TryAcquire(banker.Of("gpu", -1)) }},
		{"negative release", banker.ErrNegative, func() error { return j.Release(banker.Of("gpu", -1)) }},
		{"unknown", banker.ErrUnknownResource, func() error { return j.TryAcquire(banker.Of("gpu", 1), banker.Of("disk", 1)) }},
		{"over release", banker.ErrOverRelease, func() error { return j.Release(banker.Of("mem", 5), banker.Of("gpu", 2)) }},
		{"over release in parts", banker.ErrOverRelease, func() error { return j.Release(banker.Of("mem", 3), banker.Of("mem", 3)) }},
		{"sum overflows", banker.ErrOverflow, func() error {
			return j.Release(banker.Of("mem", math.MaxInt64), banker.Of("mem", math.MaxInt64))
		}},
		{"lowered too far", banker.ErrOverClaim, func() error { return j.LowerClaim(banker.Of("gpu", 2)) }},
		{"raised too far", banker.ErrExceedsCapacity, func() error { return j.TryRaiseClaim(banker.Of("gpu", 3)) }},
		{"grown too far", banker.ErrOverflow, func() error { return b.Grow(banker.Of("mem", 1)) }},
		{"shrunk below a claim", banker.ErrExceedsCapacity, func() error { return b.TryShrink(banker.Of("gpu", 1)) }},
		{"claim over capacity", banker.ErrExceedsCapacity, func() error { _, err := b.Register("x", banker.Of("gpu", 5)); return err }},
		{"claim overflows", banker.ErrOverflow, func() error {
			_, err := b.Register("x", banker.Of("mem", math.MaxInt64), banker.Of("mem", 1))
			return err
		}},
		{"claim unknown", banker.ErrUnknownResource, func() error { _, err := b.Register("x", banker.Of("disk", 1)); return err }},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.ErrorIs(t, c.call(), c.want)
			require.Equal(t, before, b.Snapshot())
		})
	}
	_, err := banker.New(banker.Capacity{"gpu": -1})
	require.ErrorIs(t, err, banker.ErrNegative)
	require.PanicsWithValue(t, "banker: Job was not made by Register", func() { _ = new(banker.Job).TryAcquire() })
}

func TestUseAfterClose(t *testing.T) {
	b := open(t, banker.Capacity{"gpu": 4})
	j := register(t, b, "j", banker.Of("gpu", 2))
	require.NoError(t, j.Acquire(t.Context(), banker.Of("gpu", 2)))
	j.Close()
	j.Close()
	require.Equal(t, []int64{4}, b.Snapshot().Available)
	again := register(t, b, "again", banker.Of("gpu", 2)) // takes the number of the closed job
	for _, err := range []error{
		j.TryAcquire(), j.Acquire(t.Context(), banker.Of("gpu", 1)), j.AcquireRest(t.Context()), j.Release(),
		j.LowerClaim(), j.TryRaiseClaim(), j.Explain(banker.Of("gpu", 1)).Err,
	} {
		require.ErrorIs(t, err, banker.ErrClosed)
	}
	j.Close()
	require.NoError(t, again.AcquireRest(t.Context()))
	require.ErrorIs(t, again.TryAcquire(banker.Of("gpu", 1)), banker.ErrOverClaim)
}

func TestDoGivesBackOnPanicAndError(t *testing.T) {
	b := open(t, banker.Capacity{"gpu": 4})
	failed := errors.New("failed")
	take := func(end func() error) func(*banker.Job) error {
		return func(j *banker.Job) error {
			require.NoError(t, j.AcquireRest(t.Context()))
			return end()
		}
	}
	claim := banker.Claim{banker.Of("gpu", 3)}
	require.ErrorIs(t, banker.Do(t.Context(), b, "j", claim, take(func() error { return failed })), failed)
	require.PanicsWithValue(t, "ouch", func() {
		_ = banker.Do(t.Context(), b, "j", claim, take(func() error { panic("ouch") }))
	})
	require.Empty(t, b.Snapshot().Jobs)
	require.Equal(t, []int64{4}, b.Snapshot().Available)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(failed)
	require.ErrorIs(t, banker.Do(ctx, b, "j", claim, nil), failed)
}

// Ten units; job 1 holds 5, job 2 waits for 8; x/sync's semaphore would let job 1 wait
// behind job 2 although 5 are free.
func TestNoArtificialDeadlock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t, banker.Capacity{"unit": 10})
		one := register(t, b, "one", banker.Of("unit", 6))
		two := register(t, b, "two", banker.Of("unit", 8))
		require.NoError(t, one.Acquire(t.Context(), banker.Of("unit", 5)))
		got := make(chan error, 1)
		go func() { got <- two.Acquire(t.Context(), banker.Of("unit", 8)) }()
		synctest.Wait()
		require.NoError(t, one.Acquire(t.Context(), banker.Of("unit", 1)))
		one.Close()
		require.NoError(t, <-got)
	})
}

func TestAcquireEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t, banker.Capacity{"unit": 1})
		holder := register(t, b, "holder", banker.Of("unit", 1))
		require.NoError(t, holder.TryAcquire(banker.Of("unit", 1)))
		j := register(t, b, "j", banker.Of("unit", 1))
		why := errors.New("enough")
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, why)
		defer cancel()
		require.ErrorIs(t, j.Acquire(ctx, banker.Of("unit", 1)), why)
		require.ErrorIs(t, j.Acquire(ctx, banker.Of("unit", 1)), why)
		require.ErrorIs(t, j.AcquireRest(ctx), why)
		holder.Close()
		require.NoError(t, j.Acquire(t.Context(), banker.Of("unit", 1)))
	})
}

func TestWaitersOfAClosedOrLoweredJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t, banker.Capacity{"unit": 2})
		holder := register(t, b, "holder", banker.Of("unit", 2))
		require.NoError(t, holder.AcquireRest(t.Context()))
		closed := register(t, b, "closed", banker.Of("unit", 1))
		lowered := register(t, b, "lowered", banker.Of("unit", 2))
		errs := make(chan error, 2)
		go func() { errs <- closed.Acquire(t.Context(), banker.Of("unit", 1)) }()
		synctest.Wait()
		closed.Close()
		require.ErrorIs(t, <-errs, banker.ErrClosed)
		go func() { errs <- lowered.Acquire(t.Context(), banker.Of("unit", 2)) }()
		synctest.Wait()
		require.NoError(t, lowered.LowerClaim(banker.Of("unit", 1)))
		require.ErrorIs(t, <-errs, banker.ErrOverClaim)
		require.Empty(t, b.Snapshot().Waiting)
	})
}

func TestShrinkWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t, banker.Capacity{"unit": 4})
		j := register(t, b, "j", banker.Of("unit", 4))
		require.NoError(t, j.TryAcquire(banker.Of("unit", 3)))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, b.Shrink(ctx, banker.Of("unit", 2)), context.DeadlineExceeded)
		done := make(chan error, 1)
		go func() { done <- b.Shrink(t.Context(), banker.Of("unit", 2)) }()
		synctest.Wait()
		require.NoError(t, j.LowerClaim(banker.Of("unit", 1)))
		synctest.Wait()
		require.Equal(t, []int64{4}, b.Snapshot().Total)
		require.NoError(t, j.Release(banker.Of("unit", 2)))
		require.NoError(t, j.LowerClaim(banker.Of("unit", 1)))
		require.NoError(t, <-done)
		require.Equal(t, []int64{2}, b.Snapshot().Total)
		require.NoError(t, b.Grow(banker.Of("unit", 1)))
		require.Equal(t, []int64{2}, b.Snapshot().Available)
	})
}

func TestExplanation(t *testing.T) {
	b := open(t, banker.Capacity{"gpu": 10, "mem": 96}, banker.WithName("gpu-pool"))
	job := func(name string, max, held int64, mem int64) *banker.Job {
		j := register(t, b, name, banker.Of("gpu", max), banker.Of("mem", mem))
		require.NoError(t, j.TryAcquire(banker.Of("gpu", held), banker.Of("mem", mem)))
		return j
	}
	job("etl-2", 2, 1, 28)
	job("etl-9", 2, 1, 28)
	job("train-3", 7, 3, 0)
	seven := job("train-7", 9, 3, 0)
	require.Equal(t, `banker "gpu-pool": train-7 must wait: granting gpu=1 would be unsafe
  free now:      gpu=2 mem=40
  after it:      gpu=1 mem=40; etl-2 and etl-9 could still finish, leaving gpu=3 mem=96
  then stuck:    train-7 holds gpu=4 and may want 5 more gpu (2 short)
                 train-3 holds gpu=3 and may want 4 more gpu (1 short)
  not before:    train-3 gives back 2 gpu, or lowers its claim
`, seven.Explain(banker.Of("gpu", 1)).String())
	require.ErrorIs(t, seven.Explain(banker.Of("gpu", 3)).Err, banker.ErrUnavailable)
	require.Contains(t, seven.Explain(banker.Of("gpu", 3)).String(), "must wait: gpu=3 is not free")
	require.Contains(t, seven.Explain(banker.Of("gpu", 9)).String(), "cannot have gpu=9: banker: more than the job's claim")
	require.ErrorIs(t, seven.TryAcquire(banker.Of("gpu", 1)), banker.ErrUnsafe)

	// What waits is told the same.
	require.Empty(t, b.Waiting(10))
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() { gone <- seven.Acquire(ctx, banker.Of("gpu", 1)) }()
	require.Eventually(t, func() bool { return len(b.Waiting(10)) == 1 }, patience, time.Millisecond)
	require.Equal(t, []banker.Verdict{seven.Explain(banker.Of("gpu", 1))}, b.Waiting(10))
	require.Empty(t, b.Waiting(0))
	cancel()
	require.ErrorIs(t, <-gone, context.Canceled)
}

func TestSnapshotTableAndJSON(t *testing.T) {
	b := open(t, banker.Capacity{"A": 10, "B": 5}, banker.WithName("pool"))
	register(t, b, "P0", banker.Of("A", 7), banker.Of("B", 5))
	p1 := register(t, b, "P1", banker.Of("A", 3))
	require.NoError(t, p1.TryAcquire(banker.Of("A", 2)))
	s := b.Snapshot()
	require.Equal(t, `pool       Allocation     Max     Need
           A           B  A    B  A     B
P0         0           0  7    5  7     5
P1         2           0  3    0  1     0
available  8           5
total      10          5
safe sequence: P1 P0
`, s.String())
	text, err := json.Marshal(s)
	require.NoError(t, err)
	var back banker.Snapshot
	require.NoError(t, json.Unmarshal(text, &back))
	require.Equal(t, s, back)
}

func TestNonBlockingPathsAllocateNothing(t *testing.T) {
	b := open(t, banker.Capacity{"a": 9, "b": 9, "c": 9, "d": 9})
	j := register(t, b, "j", banker.Of("a", 4), banker.Of("b", 4), banker.Of("c", 4), banker.Of("d", 4))
	k := register(t, b, "k", banker.Of("a", 8))
	require.NoError(t, k.TryAcquire(banker.Of("a", 4)))
	ctx := t.Context()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	require.Zero(t, testing.AllocsPerRun(1000, func() {
		must(j.Acquire(ctx, banker.Of("a", 1), banker.Of("b", 1), banker.Of("c", 1), banker.Of("d", 1)))
		must(j.TryAcquire(banker.Of("d", 1)))
		if j.TryAcquire(banker.Of("d", 9)) == nil || k.TryAcquire(banker.Of("a", 5)) == nil {
			t.Fatal("granted")
		}
		if err := j.TryAcquire(banker.Of("a", 3)); !errors.Is(err, banker.ErrUnsafe) && err != nil {
			t.Fatal(err)
		} else if err == nil {
			must(j.Release(banker.Of("a", 3)))
		}
		must(j.Release(banker.Of("a", 1), banker.Of("b", 1), banker.Of("c", 1), banker.Of("d", 2)))
		must(j.LowerClaim())
	}))
}
