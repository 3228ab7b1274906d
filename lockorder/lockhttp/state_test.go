package lockhttp_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/lockorder/lockhttp"
	"github.com/interlock-go/interlock/pi"
)

func want(lock uint64) lockorder.Hold { return lockorder.Hold{Lock: lockorder.Lock{ID: lock}} }

// A deadlock is shown as one for as long as all of it waits.
func TestARingIsShownWhileItHolds(t *testing.T) {
	report := lockorder.Report{Tier: lockorder.Deadlock, Kind: lockorder.KindRing, Edges: []lockorder.Edge{
		{Goroutine: 1, Want: want(8)}, {Goroutine: 2, Want: want(9)},
	}}
	refused, potential := report, report
	refused.Refused = true
	potential.Tier = lockorder.Potential
	both := []lockorder.Wait{{Goroutine: 1, Want: want(8)}, {Goroutine: 2, Want: want(9)}}
	for name, c := range map[string]struct {
		report lockorder.Report
		waits  []lockorder.Wait
		rings  int
	}{
		"all wait":                   {report, both, 1},
		"one goes on":                {report, both[:1], 0},
		"one waits for another lock": {report, []lockorder.Wait{both[0], {Goroutine: 2, Want: want(7)}}, 0},
		"refused":                    {refused, both, 0},
		"predicted":                  {potential, both, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := lockorder.State{Waits: c.waits, Findings: []lockorder.Finding{{Report: c.report}}}
			require.Len(t, lockhttp.Rings(s), c.rings)
		})
	}
}

func TestTimesAreLowerBounds(t *testing.T) {
	now := time.Unix(1000, 0)
	k := lockhttp.NewLooks(func() time.Time { return now })
	look := func(s lockorder.State, waited, seen, certain float64) {
		t.Helper()
		w, h, c := k.Times(s)
		require.Equal(t, []float64{waited, seen, certain}, []float64{w, h, c})
	}
	waiting := func(seq uint64) lockorder.State {
		return lockorder.State{
			Waits: []lockorder.Wait{{Goroutine: 1, Seq: seq, Want: want(8)}},
			Held:  []lockorder.HeldLock{{Goroutine: 1, Hold: want(9)}},
		}
	}
	look(waiting(5), 0, 0, 0)
	now = now.Add(3 * time.Second)
	look(waiting(5), 3, 3, 3) // it has not moved
	now = now.Add(2 * time.Second)
	look(waiting(7), 0, 5, 0) // it has, and may have let go in between
	now = now.Add(time.Second)
	look(lockorder.State{Held: waiting(7).Held}, 0, 6, 0)
	now = now.Add(time.Second)
	look(lockorder.State{}, 0, 0, 0)
	now = now.Add(time.Second)
	look(waiting(7), 0, 0, 0) // forgotten meanwhile

	finished := lockorder.State{Held: []lockorder.HeldLock{{Goroutine: 3, Finished: true, Hold: want(9)}}}
	look(finished, 0, 0, 0)
	now = now.Add(time.Second)
	look(finished, 0, 1, 1) // who is gone releases nothing
}

func TestSpansFollowTheEvents(t *testing.T) {
	start := time.Unix(1000, 0)
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	event := func(ms int, kind pi.EventKind, task pi.TaskID) pi.Event {
		return pi.Event{At: at(ms), Kind: kind, Task: task, Lock: pi.LockRef{Number: 1, Name: "m"}}
	}
	events := []pi.Event{
		event(0, pi.Admitted, 1), event(1, pi.Dispatched, 1), event(2, pi.Acquired, 1), event(3, pi.Asked, 2), event(4, pi.Departed, 1),
		event(5, pi.Released, 1), event(5, pi.Acquired, 2), event(7, pi.Dispatched, 2), event(8, pi.TaskEnded, 1),
	}
	type span struct {
		task     uint64
		state    string
		lock     string
		from, to time.Time
	}
	var got []span
	for _, s := range lockhttp.Spans(events, at(10)) {
		got = append(got, span{s.Task, s.State, s.Lock, s.From, s.To})
	}
	require.Equal(t, []span{
		{1, "ready", "", at(0), at(1)},
		{1, "running", "", at(1), at(4)},
		{2, "waiting", "m", at(3), at(5)},
		{2, "ready", "", at(5), at(7)},
		{1, "blocked", "", at(4), at(8)},
		{2, "running", "", at(7), at(10)},
	}, got)
	require.Empty(t, lockhttp.Spans(events[:1], at(0)))
	require.Len(t, lockhttp.Spans(events, at(60_000)), 1, "what is long past is left out, what lasts is not")
}
