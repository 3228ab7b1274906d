package lockhttp_test

import (
	"context"
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
