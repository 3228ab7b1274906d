package etcdbank_test

import (
	"context"
	"flag"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/banker"
	"github.com/interlock-go/interlock/banker/etcdbank"
)

var (
	kills = flag.Int("kills", 3, "how often to kill a replica")
	crowd = flag.Int("jobs", 120, "how many jobs to run at a time")
)

var pool = banker.Capacity{"gpu": 64, "mem": 400}

// fleet is three replicas with a part of the jobs each.
type fleet struct {
	t        *testing.T
	replicas []*etcdbank.Replica
	done     atomic.Int64 // jobs that got all they claimed
	work     sync.WaitGroup
	stop     context.Context
}

// join adds a replica with its part of the jobs.
func (f *fleet) join(dial func() *etcdbank.Replica, jobs int) {
	r := dial()
	f.replicas = append(f.replicas, r)
	for i := range jobs {
		f.work.Go(func() {
			rnd := rand.New(rand.NewPCG(uint64(i), uint64(r.Lease())))
			for f.stop.Err() == nil && f.job(r, rnd) == nil {
			}
		})
	}
}

// job takes what it claimed in two steps and gives it back. The error is that of a replica that is gone.
func (f *fleet) job(r *etcdbank.Replica, rnd *rand.Rand) error {
	ctx := context.Background()
	gpu, mem := 2+rnd.Int64N(6), 2+rnd.Int64N(30)
	j, err := r.Register(ctx, banker.Of("gpu", gpu), banker.Of("mem", mem))
	if err != nil {
		return err
	}
	if err := j.Acquire(ctx, banker.Of("gpu", gpu/2), banker.Of("mem", mem/2)); err != nil {
		return err
	}
	if err := j.Acquire(ctx, banker.Of("gpu", gpu-gpu/2), banker.Of("mem", mem-mem/2)); err != nil {
		return err
	}
	f.done.Add(1)
	return j.Close(ctx)
}

func (f *fleet) leader() int {
	for i, r := range f.replicas {
		if r.Leads() {
			return i
		}
	}
	return -1
}

// Whoever leads is killed, again and again.
func TestLeaderKilled(t *testing.T) {
	killed(t, func(f *fleet) int { return f.leader() })
}

// Of those who do not lead one is killed, again and again, with all that its jobs hold.
func TestMemberKilled(t *testing.T) {
	killed(t, func(f *fleet) int {
		if f.leader() == 0 {
			return 1
		}
		return 0
	})
}

// killed kills the replica that victim picks. No unit is held twice at any revision, and the
// jobs of those who are left go on.
func killed(t *testing.T, victim func(f *fleet) int) {
	dial := start(t)
	stop, cancel := context.WithCancel(context.Background())
	defer cancel()
	f := &fleet{t: t, stop: stop}
	fresh := func() *etcdbank.Replica { return open(t, dial(), pool) }
	for range 3 {
		f.join(fresh, *crowd/3)
	}
	for k := range *kills {
		require.Eventually(t, func() bool { return f.leader() >= 0 }, patience, time.Millisecond)
		before := f.done.Load()
		require.Eventually(t, func() bool { return f.done.Load() > before+int64(*crowd) }, patience, time.Millisecond, "kill %d: nothing moves", k)
		i := victim(f)
		if i < 0 {
			continue
		}
		dead := f.replicas[i]
		f.replicas = append(f.replicas[:i:i], f.replicas[i+1:]...)
		dead.Kill()
		f.join(fresh, *crowd/3)
	}
	before := f.done.Load()
	require.Eventually(t, func() bool { return f.done.Load() > before+int64(*crowd) }, patience, time.Millisecond)
	cancel()
	for _, r := range f.replicas {
		require.NoError(t, r.Close())
	}
	f.work.Wait()
	revisions := conserved(t, dial(), []int64{64, 400})
	t.Logf("%d jobs done, %d revisions with every unit accounted for", f.done.Load(), revisions)
}

// What a replica holds is granted to others after it knows that it lost it.
func TestDoneComesBeforeTheNextGrant(t *testing.T) {
	dial := start(t)
	first, second := open(t, dial(), pool), open(t, dial(), pool)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	other, holder := first, second
	require.Eventually(t, func() bool { return first.Leads() || second.Leads() }, patience, time.Millisecond)
	if second.Leads() {
		other, holder = second, first
	}
	j, err := holder.Register(ctx, banker.Of("gpu", 64))
	require.NoError(t, err)
	require.NoError(t, j.Acquire(ctx, banker.Of("gpu", 64)))
	k, err := other.Register(ctx, banker.Of("gpu", 64))
	require.NoError(t, err)
	require.ErrorIs(t, k.TryAcquire(ctx, banker.Of("gpu", 1)), banker.ErrUnavailable)
	granted := make(chan error, 1)
	go func() { granted <- k.Acquire(ctx, banker.Of("gpu", 64)) }()
	holder.StopRenewing()
	select {
	case <-j.Done():
	case <-granted:
		t.Fatal("granted while the first holder believes that it holds")
	}
	require.NoError(t, <-granted)
	require.Greater(t, k.Revision(), j.Revision())
	require.ErrorIs(t, j.Release(ctx, banker.Of("gpu", 1)), etcdbank.ErrLost)
	holder.Kill()
	require.NoError(t, other.Close())
}

func TestCallsAndErrors(t *testing.T) {
	dial := start(t)
	r := open(t, dial(), pool)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	_, err := etcdbank.Open(ctx, dial(), prefix, banker.Capacity{"gpu": 1}, time.Second)
	require.ErrorContains(t, err, "disagree")
	_, err = r.Register(ctx, banker.Of("gpu", 65))
	require.ErrorIs(t, err, banker.ErrExceedsCapacity)
	_, err = r.Register(ctx, banker.Of("disk", 1))
	require.ErrorIs(t, err, banker.ErrUnknownResource)
	j, err := r.Register(ctx, banker.Of("gpu", 60))
	require.NoError(t, err)
	k, err := r.Register(ctx, banker.Of("gpu", 60))
	require.NoError(t, err)
	require.ErrorIs(t, j.TryAcquire(ctx, banker.Of("gpu", 61)), banker.ErrOverClaim)
	require.ErrorIs(t, j.Release(ctx, banker.Of("gpu", 1)), banker.ErrOverRelease)
	require.NoError(t, j.Acquire(ctx, banker.Of("gpu", 30)))
	require.ErrorIs(t, k.TryAcquire(ctx, banker.Of("gpu", 30)), banker.ErrUnsafe)
	short, stop := context.WithTimeout(ctx, 50*time.Millisecond)
	defer stop()
	require.ErrorIs(t, k.Acquire(short, banker.Of("gpu", 30)), context.DeadlineExceeded)
	require.NoError(t, j.Release(ctx, banker.Of("gpu", 30)))
	require.NoError(t, k.Acquire(ctx, banker.Of("gpu", 60)))
	require.NoError(t, k.Close(ctx))
	require.ErrorIs(t, k.TryAcquire(ctx, banker.Of("gpu", 1)), banker.ErrClosed)
	require.NoError(t, j.Close(ctx))
	require.NoError(t, r.Close())
	conserved(t, dial(), []int64{64, 400})
}
