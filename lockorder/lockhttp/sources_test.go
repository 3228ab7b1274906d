package lockhttp_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/banker"
	"github.com/interlock-go/interlock/lockorder/lockhttp"
	"github.com/interlock-go/interlock/pi"
	"github.com/interlock-go/interlock/pi/timeline"
)

const (
	patience = 10 * time.Second
	hostile  = `<script>alert("x")</script>`
)

func TestABankerTellsWhyAJobWaits(t *testing.T) {
	b, err := banker.New(banker.Capacity{"gpu": 3}, banker.WithName("pool "+hostile))
	require.NoError(t, err)
	h := lockhttp.Handler(lockhttp.WithBanker(b))
	require.Contains(t, page(t, h, "bankers"), "Nobody waits")
	first, err := b.Register("first", banker.Of("gpu", 3))
	require.NoError(t, err)
	defer first.Close()
	second, err := b.Register("second "+hostile, banker.Of("gpu", 3))
	require.NoError(t, err)
	defer second.Close()
	require.NoError(t, first.Acquire(t.Context(), banker.Of("gpu", 1)))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- second.Acquire(ctx, banker.Of("gpu", 1)) }()
	require.Eventually(t, func() bool { return len(b.Snapshot().Waiting) == 1 }, patience, time.Millisecond)

	got := decode[lockhttp.Bankers](t, h, "bankers").Bankers
	require.Len(t, got, 1)
	require.Equal(t, []string{"gpu"}, got[0].Resources)
	require.Len(t, got[0].Reasons, 1)
	require.Equal(t, "granting it would be unsafe", got[0].Reasons[0].Waits)
	require.Equal(t, "second "+hostile, got[0].Reasons[0].Job)
	shown := page(t, h, "bankers")
	require.Contains(t, shown, "would be unsafe")
	require.Contains(t, shown, "&lt;script&gt;")
	require.NotContains(t, shown, hostile)
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
}

// Jobs of one name are told apart, and so are their states.
func TestJobsOfOneNameAreToldApart(t *testing.T) {
	b, err := banker.New(banker.Capacity{"gpu": 2})
	require.NoError(t, err)
	h := lockhttp.Handler(lockhttp.WithBanker(b))
	var jobs []*banker.Job
	for range 3 {
		j, err := b.Register("train", banker.Of("gpu", 2))
		require.NoError(t, err)
		defer j.Close()
		jobs = append(jobs, j)
	}
	require.NoError(t, jobs[0].Acquire(t.Context(), banker.Of("gpu", 2)))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- jobs[2].Acquire(ctx, banker.Of("gpu", 1)) }()
	require.Eventually(t, func() bool { return len(b.Snapshot().Waiting) == 1 }, patience, time.Millisecond)
	got := decode[lockhttp.Bankers](t, h, "bankers").Bankers[0]
	require.Equal(t, []int{0, 1, 2}, got.IDs)
	require.Equal(t, 2, got.Waiting[0].ID)
	require.Equal(t, 2, got.Reasons[0].ID)
	shown := page(t, h, "bankers")
	require.Equal(t, 1, strings.Count(shown, `<td data-label="state">not enough free units</td>`))
	require.Equal(t, 2, strings.Count(shown, "goes on"))
	require.Less(t, strings.LastIndex(shown, "train #2"), strings.Index(shown, "train #0"), "who waits comes first")
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
}

func TestAnExecutorShowsItsTasks(t *testing.T) {
	line := new(timeline.Timeline)
	e := pi.NewExecutor(pi.WithSlots(1), pi.WithObserver(line))
	h := lockhttp.Handler(lockhttp.WithExecutor("requests "+hostile, e, line), lockhttp.WithExecutor("without a past", e, nil))
	begun, end := make(chan bool), make(chan bool)
	task := e.Go(t.Context(), 4, func(_ context.Context, task *pi.Task) {
		task.SetName(hostile)
		begun <- true
		<-end
	})
	<-begun
	got := decode[lockhttp.Executors](t, h, "executors").Executors
	require.Len(t, got, 2)
	require.Equal(t, []lockhttp.Task{{ID: 1, Name: hostile, Base: 4, Effective: 4, State: "running"}}, got[0].Tasks)
	require.NotEmpty(t, got[0].Spans)
	require.Empty(t, got[1].Spans)
	shown := page(t, h, "executors")
	require.Contains(t, shown, `<rect class="running"`)
	require.NotContains(t, shown, hostile)
	close(end)
	<-task.Done()
	require.Contains(t, page(t, h, "executors"), "No task is under way.")
}
