package timeline

import (
	"cmp"
	"slices"
	"time"

	"github.com/interlock-go/interlock/pi"
)

// Span is a time in which a task did one thing.
type Span struct {
	Task            pi.TaskID   // whose
	Name            string      // what SetName had given the task when the span ended
	State           pi.State    // what it did
	Lock            pi.LockRef  // what it waited for
	Base, Effective pi.Priority // when the span began
	From            time.Time   // when it began
	To              time.Time   // when it ended
}

// Spans returns what the tasks did by events, which are in order, in the order in which it ended. What no event ended is
// ended by now.
func Spans(events []pi.Event, now time.Time) []Span {
	t := tracker{doing: map[pi.TaskID]Span{}}
	for _, e := range events {
		t.add(e)
	}
	for _, s := range t.doing {
		s.To = now
		t.ended = append(t.ended, s)
	}
	slices.SortStableFunc(t.ended, func(a, b Span) int { return cmp.Or(a.To.Compare(b.To), cmp.Compare(a.Task, b.Task)) })
	return t.ended
}

// tracker turns events into spans.
type tracker struct {
	doing map[pi.TaskID]Span
	ended []Span
}

func (t *tracker) add(e pi.Event) {
	switch e.Kind {
	case pi.Admitted, pi.Preempted, pi.Cancelled:
		t.begin(e, pi.Ready, pi.LockRef{})
	case pi.Dispatched:
		t.begin(e, pi.Running, pi.LockRef{})
	case pi.Departed:
		t.begin(e, pi.Blocked, pi.LockRef{})
	case pi.Asked, pi.Stolen:
		t.begin(e, pi.Waiting, e.Lock)
	case pi.Acquired:
		if t.doing[e.Task].State == pi.Waiting { // it has the lock, and waits for a slot
			t.begin(e, pi.Ready, pi.LockRef{})
		}
	case pi.TaskEnded:
		t.end(e)
	}
}

func (t *tracker) begin(e pi.Event, s pi.State, lock pi.LockRef) {
	t.end(e)
	t.doing[e.Task] = Span{Task: e.Task, Name: e.Name, State: s, Lock: lock, Base: e.Base, Effective: e.Effective, From: e.At}
}

func (t *tracker) end(e pi.Event) {
	if s, ok := t.doing[e.Task]; ok {
		s.To, s.Name = e.At, cmp.Or(e.Name, s.Name)
		t.ended = append(t.ended, s)
		delete(t.doing, e.Task)
	}
}
