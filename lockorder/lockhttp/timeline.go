package lockhttp

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/interlock-go/interlock/pi"
	"github.com/interlock-go/interlock/pi/timeline"
)

// Span is a time in which a task did one thing.
type Span struct {
	Task      uint64    `json:"task"`           // its number
	Name      string    `json:"name,omitempty"` // its name, if it had one by then
	Effective int32     `json:"effective"`      // its priority when the span began
	State     string    `json:"state"`          // ready, running, waiting or blocked
	Lock      string    `json:"lock,omitempty"` // what it waited for
	From      time.Time `json:"from"`           // when it began
	To        time.Time `json:"to"`             // when it ended; that of the look if it has not
}

// lately is how far back spans go, and most how many there are: what has more
// is seen better in a trace.
const (
	lately = 10 * time.Second
	most   = 600
)

// spans tells what the tasks did in the time before now.
func spans(events []pi.Event, now time.Time) []Span {
	all := []Span{}
	for _, s := range timeline.Spans(events, now) {
		if s.To.Before(now.Add(-lately)) || !s.To.After(s.From) {
			continue
		}
		all = append(all, Span{
			Task: uint64(s.Task), Name: s.Name, Effective: int32(s.Effective),
			State: s.State.String(), Lock: mutexName(s.Lock), From: s.From, To: s.To,
		})
	}
	return all[max(0, len(all)-most):]
}

// lane is a task's line of the timeline: blocks on a scale from 0 to 1000.
type lane struct {
	Task   uint64
	Name   string
	Blocks []block
}

type block struct {
	X, Width float64
	State    string
	Tells    string
}

// chart is the timeline as the page draws it.
type chart struct {
	Lanes  []lane
	Length string // from the left edge to the right
	Hidden int    // tasks that had no room
}

// lanes bounds the tasks that are drawn, the latest.
const lanes = 24

func drawSpans(all []Span) chart {
	if len(all) == 0 {
		return chart{}
	}
	end := all[len(all)-1].To
	begin := end
	for _, s := range all {
		if s.From.Before(begin) {
			begin = s.From
		}
	}
	if end.Sub(begin) > lately {
		begin = end.Add(-lately)
	}
	c := chart{Length: fmt.Sprintf("%.3g s", end.Sub(begin).Seconds())}
	scale := func(t time.Time) float64 {
		return 1000 * max(0, t.Sub(begin).Seconds()) / max(end.Sub(begin).Seconds(), 1e-9)
	}
	byTask := map[uint64]*lane{}
	var order []*lane
	for _, s := range slices.Backward(all) {
		l := byTask[s.Task]
		if l == nil {
			l = &lane{Task: s.Task, Name: cmp.Or(s.Name, fmt.Sprintf("task %d", s.Task))}
			byTask[s.Task] = l
			order = append(order, l)
		}
		x := scale(s.From)
		l.Blocks = append(l.Blocks, block{x, max(scale(s.To)-x, 1), s.State, s.tells()})
	}
	c.Hidden = max(0, len(order)-lanes)
	for _, l := range order[:len(order)-c.Hidden] {
		c.Lanes = append(c.Lanes, *l)
	}
	slices.SortFunc(c.Lanes, func(a, b lane) int { return cmp.Compare(a.Task, b.Task) })
	return c
}

func (s Span) tells() string {
	what := s.State
	if s.Lock != "" {
		what += " for " + s.Lock
	}
	return fmt.Sprintf("%s for %v at priority %d", what, s.To.Sub(s.From).Round(time.Microsecond), s.Effective)
}
