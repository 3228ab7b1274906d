package lockhttp

import (
	"cmp"
	"fmt"
	"time"

	"github.com/interlock-go/interlock/pi"
)

type executor struct {
	name    string
	e       *pi.Executor
	history History
}

// Executors are the tasks of executors.
type Executors struct {
	At        time.Time  `json:"at"`        // of the look
	Executors []Executor `json:"executors"` // in the order of the options
}

// Executor is one of them.
type Executor struct {
	Name  string `json:"name"`  // given to WithExecutor
	Slots int    `json:"slots"` // how many tasks may run at a time
	Tasks []Task `json:"tasks"` // all that have not ended, by number
	// Spans are what tasks have done lately, in the order of their ends; empty without a history.
	Spans []Span `json:"spans"`
}

// Task is one task.
type Task struct {
	ID        uint64   `json:"id"`                  // its number
	Name      string   `json:"name,omitempty"`      // what SetName gave it
	Base      int32    `json:"base"`                // priority that it was given
	Effective int32    `json:"effective"`           // priority that it runs at
	State     string   `json:"state"`               // ready, running, waiting or blocked
	WaitsFor  string   `json:"waits_for,omitempty"` // name of the lock
	Lends     []string `json:"lends,omitempty"`     // the mutexes that it holds and others wait for
}

func (l *live) executorTasks() Executors {
	all := Executors{At: l.looks.now(), Executors: []Executor{}}
	for _, x := range l.executors {
		s := x.e.Snapshot()
		one := Executor{Name: x.name, Slots: s.Slots, Tasks: []Task{}, Spans: []Span{}}
		for _, t := range s.Tasks {
			one.Tasks = append(one.Tasks, task(t))
		}
		if x.history != nil {
			one.Spans = spans(x.history.Events(), all.At)
			one.rename()
		}
		all.Executors = append(all.Executors, one)
	}
	return all
}

// rename gives the spans of tasks that are under way the names that these have by now: a
// name often comes after the first event.
func (x *Executor) rename() {
	names := map[uint64]string{}
	for _, t := range x.Tasks {
		names[t.ID] = t.Name
	}
	for i := range x.Spans {
		s := &x.Spans[i]
		s.Name = cmp.Or(names[s.Task], s.Name)
	}
}

func task(t pi.TaskState) Task {
	out := Task{ID: uint64(t.ID), Name: t.Name, Base: int32(t.Base), Effective: int32(t.Effective), State: t.State.String(), WaitsFor: mutexName(t.WaitsFor)}
	for _, l := range t.Lends {
		out.Lends = append(out.Lends, mutexName(l))
	}
	return out
}

func mutexName(l pi.LockRef) string {
	if l.Number == 0 {
		return ""
	}
	return cmp.Or(l.Name, fmt.Sprintf("lock %d", l.Number))
}
