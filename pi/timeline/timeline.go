// Package timeline records what an executor of package pi does, and writes it as a table or as a
// trace to look at: who ran, who waited for what, who held what, at which priorities.
//
//	var line timeline.Timeline
//	e := pi.NewExecutor(pi.WithObserver(&line))
//	...
//	err := line.WriteTrace(file) // open it in https://ui.perfetto.dev or chrome://tracing
package timeline

import (
	"fmt"
	"io"
	"slices"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/interlock-go/interlock/pi"
)

// Timeline is a [pi.Observer] that keeps all events of one executor. The zero value is ready. It
// grows with every event, 128 bytes each; without Keep it is for looking at minutes, not for
// running always.
type Timeline struct {
	// Keep is how many events are kept, the latest; 0 keeps all. It is set before the first.
	Keep int

	mu     sync.Mutex
	events []pi.Event
}

// Observe records the event.
func (l *Timeline) Observe(e pi.Event) {
	l.mu.Lock()
	if l.Keep > 0 && len(l.events) >= 2*l.Keep { // rarely, so that an event costs the same
		l.events = l.events[:copy(l.events, l.latest())]
	}
	l.events = append(l.events, e)
	l.mu.Unlock()
}

// Events returns what has been recorded, in order.
func (l *Timeline) Events() []pi.Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.latest())
}

// latest are the events that are kept. mu is held.
func (l *Timeline) latest() []pi.Event {
	if l.Keep <= 0 {
		return l.events
	}
	return l.events[max(0, len(l.events)-l.Keep):]
}

// WriteText writes a line per event: the time since the first one, the task, what happened, and the
// task's priority as "base" or "base→effective" where they differ. A name that a task was given late
// stands in its earlier lines, too.
func (l *Timeline) WriteText(w io.Writer) error {
	events := l.Events()
	names := nameTasks(events)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, e := range events {
		fmt.Fprintf(table, "%v\t%s\t%s\t%s\n", since(events, e), names[e.Task], what(e), priority(e))
	}
	return table.Flush()
}

func since(events []pi.Event, e pi.Event) time.Duration {
	return e.At.Sub(events[0].At).Round(time.Microsecond)
}

func what(e pi.Event) string {
	switch e.Kind {
	case pi.Asked:
		return "waits for " + lockName(e.Lock)
	case pi.Acquired:
		return "has " + lockName(e.Lock)
	case pi.Stolen:
		return "loses " + lockName(e.Lock) + " before it has run, and waits for it"
	case pi.Released:
		return "releases " + lockName(e.Lock)
	case pi.Dispatched:
		return "runs"
	case pi.Reprioritized:
		return "has another priority"
	}
	return e.Kind.String()
}

func priority(e pi.Event) string {
	if e.Base == e.Effective {
		return fmt.Sprint(e.Base)
	}
	return fmt.Sprintf("%d→%d", e.Base, e.Effective)
}

func lockName(l pi.LockRef) string {
	if l.Name != "" {
		return l.Name
	}
	return fmt.Sprintf("lock %d", l.Number)
}

// nameTasks gives each task the last name that it had.
func nameTasks(events []pi.Event) map[pi.TaskID]string {
	names := map[pi.TaskID]string{}
	for _, e := range events {
		if e.Name != "" {
			names[e.Task] = e.Name
		} else if names[e.Task] == "" {
			names[e.Task] = fmt.Sprintf("task %d", e.Task)
		}
	}
	return names
}
