package lockhttp_test

import (
	"context"
	"runtime"
	"runtime/metrics"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/banker"
	"github.com/interlock-go/interlock/bbuf"
	"github.com/interlock-go/interlock/cond"
	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/lockorder/lockhttp"
	"github.com/interlock-go/interlock/mutex"
	"github.com/interlock-go/interlock/pi"
)

// parked waits until so many goroutines are listed as parked in a call, and returns their line.
func parked(t *testing.T, call string, n int) (line int) {
	t.Helper()
	var all []lockorder.ParkedCall
	require.Eventually(t, func() bool {
		all = lockorder.Parked(lockorder.Snapshot())
		i := slices.IndexFunc(all, func(p lockorder.ParkedCall) bool { return p.Call == call })
		if n == 0 || i < 0 {
			return n == 0 && i < 0
		}
		line = all[i].At.Line
		return all[i].Goroutines == n
	}, 10*time.Second, time.Millisecond, "%s: %v", call, &all)
	return line
}

// leave starts goroutines in a call, and returns a function that waits for their end.
func leave(n int, call func()) (wait func()) {
	done := make(chan bool)
	for range n {
		go func() {
			call()
			done <- true
		}()
	}
	return func() {
		for range n {
			<-done
		}
	}
}

func TestParkedTellsWhoWaitsUnregistered(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	empty := bbuf.New[int](1)
	gets := leave(3, func() { _, _ = empty.Get(context.Background()) })
	require.Positive(t, parked(t, "bbuf.(*Buffer).Get", 3))
	empty.Close()
	gets()
	parked(t, "bbuf.(*Buffer).Get", 0)

	ranged := bbuf.New[string](1)
	all := leave(1, func() {
		for range ranged.All(ctx) {
			continue
		}
	})
	parked(t, "bbuf.(*Buffer).Get", 1)
	for _, p := range lockorder.Parked(lockorder.State{}) {
		require.Contains(t, p.At.File, "parked_test.go", "the line that ranges, not ours: %v", p)
	}

	var mu mutex.Mutex
	c := cond.New(&mu)
	waits := leave(2, func() {
		mu.Lock()
		defer mu.Unlock()
		_ = c.WaitContext(ctx)
	})
	parked(t, "cond.(*Cond).WaitContext", 2)

	s, e := pi.NewSemaphore(1), pi.NewExecutor()
	acquires := leave(2, func() {
		_ = e.Do(ctx, 1, func(ctx context.Context, task *pi.Task) error {
			if err := s.Acquire(ctx, task, 1); err != nil {
				return err
			}
			task.Block(func() { <-ctx.Done() })
			s.Release(task, 1)
			return nil
		})
	})
	parked(t, "pi.(*Semaphore).Acquire", 1)
	cancel()
	all()
	waits()
	acquires()
	require.NoError(t, e.Shutdown(t.Context()))
}

// What Snapshot lists is not listed again; what waits for a lock never is.
func TestParkedLeavesOutWhatSnapshotLists(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	b, err := banker.New(banker.Capacity{"gpu": 1})
	require.NoError(t, err)
	first, err := b.Register("first", banker.Of("gpu", 1))
	require.NoError(t, err)
	defer first.Close()
	require.NoError(t, first.Acquire(ctx, banker.Of("gpu", 1)))
	acquires := leave(2, func() {
		_ = banker.Do(ctx, b, "next", []banker.Amount{banker.Of("gpu", 1)}, func(j *banker.Job) error { return j.AcquireRest(ctx) })
	})
	var mu mutex.Mutex
	_, off := any(&mu).(*sync.Mutex)
	mu.Lock()
	locks := leave(2, func() {
		mu.Lock()
		defer mu.Unlock()
	})
	contexts := leave(1, func() { _ = mutex.LockContext(ctx, &mu) })
	require.Eventually(t, func() bool { return len(b.Snapshot().Waiting) == 2 }, 10*time.Second, time.Millisecond)
	require.Eventually(t, func() bool {
		s := lockorder.Snapshot()
		if off {
			return len(lockorder.Parked(s)) == 1
		}
		return len(s.Waits) == 5 && len(lockorder.Parked(s)) == 0
	}, 10*time.Second, time.Millisecond, "%v", lockorder.Snapshot().Waits)
	got := lockorder.Parked(lockorder.State{})
	require.Len(t, got, 1, "%v", got)
	require.Equal(t, "banker.(*Job).AcquireRest", got[0].Call)
	require.Equal(t, 2, got[0].Goroutines)
	cancel()
	acquires()
	contexts()
	mu.Unlock()
	locks()
}

func TestThePageShowsWhoIsParked(t *testing.T) {
	h := lockhttp.Handler()
	b := bbuf.New[int](1)
	gets := leave(2, func() { _, _ = b.Get(context.Background()) })
	parked(t, "bbuf.(*Buffer).Get", 2)
	got := decode[lockhttp.Waits](t, h, "waits")
	require.Empty(t, got.Waits)
	require.Equal(t, 2, got.Parked[0].Goroutines)
	require.Equal(t, "bbuf.(*Buffer).Get", got.Parked[0].Call)
	require.False(t, got.ParkedAt.IsZero())
	shown := page(t, h, "")
	require.Contains(t, shown, "Nobody waits for a lock")
	require.Contains(t, shown, "2 goroutines are ")
	require.Contains(t, shown, "bbuf.(*Buffer).Get")
	require.Contains(t, shown, "parked_test.go:")
	b.Close()
	gets()
}

// However many look, who is parked is read seldom: a hundredth of the time at most.
func TestParkedIsReadSeldom(t *testing.T) {
	at, reads, took := time.Unix(1000, 0), 0, time.Duration(0)
	now := func() time.Time {
		defer func() { at = at.Add(took) }() // each reading of the clock, of which a look that reads has two
		return at
	}
	c, last := new(lockhttp.Crowd), time.Time{}
	look := func() {
		if read := c.Read(now); read != last {
			reads, last = reads+1, read
		}
	}
	for range 100 {
		look()
		at = at.Add(100 * time.Millisecond)
	}
	require.Equal(t, 5, reads, "in ten seconds")
	reads, took = 0, time.Second
	at = at.Add(time.Minute)
	for range 99 {
		look()
	}
	require.Equal(t, 1, reads, "of about hundred seconds one")
}

// BenchmarkParked measures a reading with many goroutines, and how long the world stood still for it at most.
func BenchmarkParked(b *testing.B) {
	for _, n := range []int{100, 10_000, 100_000} {
		b.Run("goroutines="+strconv.Itoa(n), func(b *testing.B) {
			buffer := bbuf.New[int](1)
			gets := leave(n, func() { _, _ = buffer.Get(context.Background()) })
			runtime.GC()
			before := pauses()
			for b.Loop() {
				lockorder.Parked(lockorder.State{})
			}
			b.ReportMetric(float64(longest(before, pauses()))/1e3, "longest-pause-µs")
			buffer.Close()
			gets()
		})
	}
}

// pauses are those in which the world stood still for other reasons than the collector's.
func pauses() *metrics.Float64Histogram {
	s := []metrics.Sample{{Name: "/sched/pauses/total/other:seconds"}}
	metrics.Read(s)
	return s[0].Value.Float64Histogram()
}

func longest(before, after *metrics.Float64Histogram) (d time.Duration) {
	for i, n := range after.Counts {
		if n > before.Counts[i] {
			d = time.Duration(after.Buckets[i+1] * 1e9)
		}
	}
	return d
}
