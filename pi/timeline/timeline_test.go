package timeline_test

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/interlock-go/interlock/pi"
	"github.com/interlock-go/interlock/pi/timeline"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// story is L, M and H in virtual time: L holds the lock for 3 ms, H comes after 1 ms, M just before.
func story(t *testing.T) *timeline.Timeline {
	line := &timeline.Timeline{}
	synctest.Test(t, func(t *testing.T) {
		e := pi.NewExecutor(pi.WithSlots(1), pi.WithObserver(line))
		var m pi.Mutex
		m.SetName("the lock")
		work := func(name string, n int, locked bool) func(context.Context, *pi.Task) {
			return func(_ context.Context, task *pi.Task) {
				task.SetName(name)
				if locked {
					m.Lock(task)
					defer m.Unlock(task)
				}
				for range n {
					time.Sleep(time.Millisecond)
					task.Checkpoint()
				}
			}
		}
		e.Go(t.Context(), 1, work("L", 3, true))
		time.Sleep(500 * time.Microsecond)
		e.Go(t.Context(), 2, work("M", 2, false))
		e.Go(t.Context(), 3, work("H", 1, true))
		require.NoError(t, e.Shutdown(t.Context()))
	})
	return line
}

func TestText(t *testing.T) {
	var out strings.Builder
	require.NoError(t, story(t).WriteText(&out))
	golden, err := os.ReadFile("testdata/story.txt")
	require.NoError(t, err)
	require.Equal(t, string(golden), out.String())
}

func TestItKeepsTheLatest(t *testing.T) {
	for _, keep := range []int{0, 1, 3, 7} {
		line, all := &timeline.Timeline{Keep: keep}, &timeline.Timeline{}
		for i := range 50 {
			e := pi.Event{Task: pi.TaskID(i)}
			line.Observe(e)
			all.Observe(e)
			want := all.Events()
			if keep > 0 {
				want = want[max(0, len(want)-keep):]
			}
			require.Equal(t, want, line.Events())
		}
	}
}

func TestNothingRecorded(t *testing.T) {
	var line timeline.Timeline
	var out strings.Builder
	require.NoError(t, line.WriteText(&out))
	require.Empty(t, out.String())
	require.NoError(t, line.WriteTrace(&out))
}

func TestSpansOfATaskFollowOneAnother(t *testing.T) {
	events := story(t).Events()
	end := events[len(events)-1].At.Add(time.Second)
	last, did := map[pi.TaskID]time.Time{}, map[string][]string{}
	for _, s := range timeline.Spans(events, end) {
		if to, ok := last[s.Task]; ok {
			require.Equal(t, to, s.From)
		}
		last[s.Task] = s.To
		require.Equal(t, s.State == pi.Waiting, s.Lock.Name == "the lock")
		did[s.Name] = append(did[s.Name], s.State.String())
	}
	require.Equal(t, []string{"running", "waiting", "ready", "running"}, did["H"], "after the first span, which it had no name in")
	cut := timeline.Spans(events[:1], end)
	require.Len(t, cut, 1)
	require.Equal(t, end, cut[0].To, "what has not ended ends with the look")
}

// What a viewer sees: on each track one thing after another, and on H's exactly what H did.
func TestTrace(t *testing.T) {
	var out strings.Builder
	require.NoError(t, story(t).WriteTrace(&out))
	var trace struct {
		TraceEvents []struct {
			Name, Ph string
			Ts, Dur  float64
			PID, TID int
			Args     map[string]any
		}
	}
	require.NoError(t, json.Unmarshal([]byte(out.String()), &trace))
	type track struct{ pid, tid int }
	names, end, did := map[track]string{}, map[track]float64{}, map[string][]string{}
	for _, e := range trace.TraceEvents {
		at := track{e.PID, e.TID}
		switch {
		case e.Name == "thread_name":
			names[at] = e.Args["name"].(string)
		case e.Ph == "X":
			require.GreaterOrEqual(t, e.Ts, end[at], "%s overlaps on %s", e.Name, names[at])
			end[at] = e.Ts + e.Dur
			did[names[at]] = append(did[names[at]], e.Name)
		}
	}
	require.Equal(t, []string{"ready", "running", "waiting for the lock", "ready", "running"}, did["H"])
	require.Equal(t, []string{"held by L", "held by H"}, did["the lock"])
}
