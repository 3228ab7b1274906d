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
	t := &tracer{names: nameTasks(events), doing: map[pi.TaskID]span{}, held: map[uint64]span{}}
	t.process(tasksProcess, "tasks")
	t.process(locksProcess, "locks")
	for _, e := range events {
		t.add(e, micros(e.At.Sub(events[0].At)))
	}
	if n := len(events); n > 0 {
		t.finish(micros(events[n-1].At.Sub(events[0].At)))
	}
	return json.NewEncoder(w).Encode(map[string]any{"traceEvents": t.out, "displayTimeUnit": "ms"})
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

// span is what has begun and not ended.
type span struct {
	name string
	from float64
	args map[string]any
}

type tracer struct {
	names map[pi.TaskID]string
	doing map[pi.TaskID]span
	held  map[uint64]span // by lock
	out   []traceEvent
}

func (t *tracer) process(pid int, name string) {
	t.out = append(t.out, traceEvent{Name: "process_name", Phase: "M", PID: pid, Args: map[string]any{"name": name}})
}

func (t *tracer) thread(pid int, tid uint64, name string) {
	t.out = append(t.out, traceEvent{Name: "thread_name", Phase: "M", PID: pid, TID: tid, Args: map[string]any{"name": name}})
}

// add makes of one event what ends with it and what begins.
func (t *tracer) add(e pi.Event, at float64) {
	switch e.Kind {
	case pi.Admitted:
		t.thread(tasksProcess, uint64(e.Task), t.names[e.Task])
		t.does(e, at, "ready")
	case pi.Preempted, pi.Cancelled:
		t.does(e, at, "ready")
	case pi.Dispatched:
		t.does(e, at, "running")
	case pi.Departed:
		t.does(e, at, "blocked")
	case pi.Asked:
		t.does(e, at, "waiting for "+lockName(e.Lock))
	case pi.Stolen:
		t.does(e, at, "waiting for "+lockName(e.Lock))
		t.releases(e, at)
	case pi.Acquired:
		t.acquires(e, at)
	case pi.Released:
		t.releases(e, at)
	case pi.TaskEnded:
		t.ends(tasksProcess, uint64(e.Task), t.doing[e.Task], at)
		delete(t.doing, e.Task)
		return
	}
	t.out = append(t.out, traceEvent{
		Name: "priority of " + t.names[e.Task], Phase: "C", At: at, PID: tasksProcess,
		Args: map[string]any{"effective": e.Effective},
	})
}

func (t *tracer) does(e pi.Event, at float64, what string) {
	if s, ok := t.doing[e.Task]; ok {
		t.ends(tasksProcess, uint64(e.Task), s, at)
	}
	t.doing[e.Task] = span{what, at, map[string]any{"base": e.Base, "effective": e.Effective}}
}

// acquires begins a hold, and, if the task was waiting, its wait for a slot.
func (t *tracer) acquires(e pi.Event, at float64) {
	if s := t.doing[e.Task]; s.name == "waiting for "+lockName(e.Lock) {
		t.does(e, at, "ready")
	}
	if e.Units > 0 {
		return // units of a semaphore are not told apart
	}
	if _, known := t.held[e.Lock.Number]; !known {
		t.thread(locksProcess, e.Lock.Number, lockName(e.Lock))
	}
	t.held[e.Lock.Number] = span{"held by " + t.names[e.Task], at, map[string]any{"task": e.Task}}
}

func (t *tracer) releases(e pi.Event, at float64) {
	if s, ok := t.held[e.Lock.Number]; ok && s.name != "" {
		t.ends(locksProcess, e.Lock.Number, s, at)
		t.held[e.Lock.Number] = span{}
	}
}

func (t *tracer) ends(pid int, tid uint64, s span, at float64) {
	d := at - s.from
	t.out = append(t.out, traceEvent{Name: s.name, Phase: "X", At: s.from, For: &d, PID: pid, TID: tid, Args: s.args})
}

func (t *tracer) finish(at float64) {
	for id, s := range t.doing {
		t.ends(tasksProcess, uint64(id), s, at)
	}
	for n, s := range t.held {
		if s.name != "" {
			t.ends(locksProcess, n, s, at)
		}
	}
}
