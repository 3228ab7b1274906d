package timeline

import (
	"encoding/json"
	"io"
	"time"

	"github.com/interlock-go/interlock/pi"
)

// traceEvent is an event of the Trace Event Format that chrome://tracing and Perfetto read.
type traceEvent struct {
	Name  string         `json:"name"`
	Phase string         `json:"ph"`
	At    float64        `json:"ts"` // microseconds
	For   *float64       `json:"dur,omitempty"`
	PID   int            `json:"pid"`
	TID   uint64         `json:"tid"`
	Args  map[string]any `json:"args,omitempty"`
}

// Processes of the trace.
const (
	tasksProcess = 1 // a track per task: what it was doing
	locksProcess = 2 // a track per lock: who held it
)

// WriteTrace writes the events as JSON for chrome://tracing and https://ui.perfetto.dev. There is a
// track per task with what it was doing (running, ready, waiting for a lock, blocked), a track per mutex with who
// held it, and a counter per task with its effective priority. What had not ended with the
// last event ends there.
func (l *Timeline) WriteTrace(w io.Writer) error {
	events := l.Events()
	t := &tracer{names: nameTasks(events), held: map[uint64]hold{}}
	t.process(tasksProcess, "tasks")
	t.process(locksProcess, "locks")
	if n := len(events); n > 0 {
		t.began = events[0].At
		for _, e := range events {
			t.add(e)
		}
		t.finish(events, events[n-1].At)
	}
	return json.NewEncoder(w).Encode(map[string]any{"traceEvents": t.out, "displayTimeUnit": "ms"})
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

// hold is what has begun and may not have ended: a lock is held by a task, or by 0 for none.
type hold struct {
	task pi.TaskID
	from time.Time
}

type tracer struct {
	names map[pi.TaskID]string
	began time.Time
	held  map[uint64]hold // by lock, of all that were ever held
	out   []traceEvent
}

func (t *tracer) process(pid int, name string) {
	t.out = append(t.out, traceEvent{Name: "process_name", Phase: "M", PID: pid, Args: map[string]any{"name": name}})
}

func (t *tracer) thread(pid int, tid uint64, name string) {
	t.out = append(t.out, traceEvent{Name: "thread_name", Phase: "M", PID: pid, TID: tid, Args: map[string]any{"name": name}})
}

// add makes of one event what can be told without those that follow.
func (t *tracer) add(e pi.Event) {
	switch e.Kind {
	case pi.Admitted:
		t.thread(tasksProcess, uint64(e.Task), t.names[e.Task])
	case pi.Acquired:
		t.acquires(e)
	case pi.Stolen, pi.Released:
		t.releases(e.Lock.Number, e.At)
	case pi.TaskEnded:
		return
	}
	t.out = append(t.out, traceEvent{
		Name: "priority of " + t.names[e.Task], Phase: "C", At: t.since(e.At), PID: tasksProcess,
		Args: map[string]any{"effective": e.Effective},
	})
}

func (t *tracer) acquires(e pi.Event) {
	if e.Units > 0 {
		return // units of a semaphore are not told apart
	}
	if _, known := t.held[e.Lock.Number]; !known {
		t.thread(locksProcess, e.Lock.Number, lockName(e.Lock))
	}
	t.held[e.Lock.Number] = hold{e.Task, e.At}
}

func (t *tracer) releases(lock uint64, at time.Time) {
	if h := t.held[lock]; h.task != 0 {
		t.lasts(locksProcess, lock, "held by "+t.names[h.task], h.from, at, map[string]any{"task": h.task})
		t.held[lock] = hold{}
	}
}

// finish tells what the tasks did, and ends the holds that last.
func (t *tracer) finish(events []pi.Event, at time.Time) {
	for _, s := range Spans(events, at) {
		what := s.State.String()
		if s.State == pi.Waiting {
			what = "waiting for " + lockName(s.Lock)
		}
		t.lasts(tasksProcess, uint64(s.Task), what, s.From, s.To, map[string]any{"base": s.Base, "effective": s.Effective})
	}
	for lock := range t.held {
		t.releases(lock, at)
	}
}

func (t *tracer) lasts(pid int, tid uint64, what string, from, to time.Time, args map[string]any) {
	d := micros(to.Sub(from))
	t.out = append(t.out, traceEvent{Name: what, Phase: "X", At: t.since(from), For: &d, PID: pid, TID: tid, Args: args})
}

func (t *tracer) since(at time.Time) float64 { return micros(at.Sub(t.began)) }
