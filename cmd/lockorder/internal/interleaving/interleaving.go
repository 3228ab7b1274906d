// Package interleaving tells how the goroutines of a finding come to wait for one another.
package interleaving

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/interlock-go/interlock/cmd/lockorder/internal/finding"
	"github.com/interlock-go/interlock/internal/visible"
	"github.com/interlock-go/interlock/lockorder"
)

// Step is one of an interleaving.
type Step struct {
	Who   string // the goroutine's letter and number
	Index int    // of the goroutine, for the column
	Does  string
	At    lockorder.Frame // without a file for somebody who is yet to come
}

// Of tells a schedule by which the goroutines of a finding come to wait
// for one another, and how it ends. At first each takes what it holds when it
// asks; that any order of these will do is what the rule says of held sets that do
// not exclude one another. Where they do, the schedule ends at the gate. Then all
// ask, and where one waits behind a writer that waits itself, the writer asks
// before it.
func Of(r lockorder.Report) (steps []Step, end string) {
	t := Tell(r)
	if len(r.Edges) == 0 {
		return nil, "There is nothing to tell: the report names no goroutine."
	}
	for i, e := range r.Edges {
		for j, h := range e.Held {
			if gate := t.closed(i, h); gate >= 0 {
				t.say(i, fmt.Sprintf("asks for %s and waits until %s has let go of it", t.lock(h), t.Who(gate)), h)
				return t.steps, fmt.Sprintf("Here the circle stays open: %s lets go of its other locks before %s goes on.", t.Who(gate), t.Who(i))
			}
			t.say(i, t.takes(i, j, h), h)
		}
	}
	for _, l := range r.Writers {
		t.steps = append(t.steps, Step{Who: "W", Index: len(r.Edges), Does: fmt.Sprintf(
			"asks for %s for writing, and waits for the readers inside: nobody has been seen to do so yet", t.Name(l))})
	}
	for _, i := range t.order() {
		t.say(i, t.asks(i), r.Edges[i].Want)
	}
	return t.steps, t.end()
}

// Teller names the goroutines and locks of a report, in the steps and wherever they are told of.
type Teller struct {
	r     lockorder.Report
	steps []Step
}

// Tell returns the teller of a report.
func Tell(r lockorder.Report) *Teller { return &Teller{r: r} }

func (t *Teller) say(i int, does string, h lockorder.Hold) {
	t.steps = append(t.steps, Step{t.Who(i), i, does, SiteOf(h)})
}

// Who is a goroutine's letter. The numbers of goroutines are no names here: those
// of two processes may be equal.
func (t *Teller) Who(i int) string {
	if i < 22 { // W is for the writer
		return string(rune('A' + i))
	}
	return fmt.Sprintf("G%d", i+1)
}

// closed is the goroutine whose lock, taken before, keeps i from taking h; -1 if
// none does.
func (t *Teller) closed(i int, h lockorder.Hold) int {
	for k, e := range t.r.Edges[:i] {
		for _, other := range e.Held {
			if other.Lock.ID == h.Lock.ID && (!other.Read || !h.Read) && slices.ContainsFunc(t.r.Gates, func(l lockorder.Lock) bool { return l.ID == h.Lock.ID }) {
				return k
			}
		}
	}
	return -1
}

func (t *Teller) takes(i, j int, h lockorder.Hold) string {
	verb := "locks "
	if h.Lock.Type == "Once" {
		verb = "enters "
	}
	does := verb + t.lock(h)
	if j != t.r.Edges[i].Via && len(t.r.Edges) > 1 {
		does += ", which plays no part here"
	}
	return does
}

// order is the order in which the goroutines ask.
func (t *Teller) order() []int {
	n := len(t.r.Edges)
	var order []int
	behind := func(i int) bool { return t.r.Edges[(i+1)%n].Via < 0 } // waits behind the next
	first := 0
	for first < n-1 && behind(first) {
		first++
	}
	for k := range n {
		order = append(order, ((first-k)%n+n)%n)
	}
	if !slices.ContainsFunc(order, behind) {
		slices.Sort(order)
	}
	return order
}

func (t *Teller) asks(i int) string {
	e := t.r.Edges[i]
	n := len(t.r.Edges)
	next := t.r.Edges[(i+1)%n]
	does := "asks for " + t.lock(e.Want)
	switch {
	case e.Want.Lock.Type == "Once":
		does = "calls " + t.lock(e.Want)
	case e.Want.Lock.Type == "" || e.State != "":
		return "is " + e.State
	}
	switch {
	case t.r.Tier == lockorder.Violation || t.r.Tier == lockorder.Hazard:
		return does
	case n == 1 && len(t.r.Writers) > 0:
		return does + " again and waits behind W"
	case n == 1:
		return does + " and waits for itself"
	case next.Via < 0:
		return does + fmt.Sprintf(" and waits behind %s, which asks to write", t.Who((i+1)%n))
	case slices.ContainsFunc(t.r.Writers, func(l lockorder.Lock) bool { return l.ID == e.Want.Lock.ID }):
		return does + fmt.Sprintf(" and waits behind W, which waits for %s", t.Who((i+1)%n))
	}
	return does + fmt.Sprintf(" and waits: %s has it", t.Who((i+1)%n))
}

func (t *Teller) end() string {
	n := len(t.r.Edges)
	switch t.r.Tier {
	case lockorder.Violation:
		return "Nobody waits yet. The order is against " + cmp.Or(t.r.Rule, "the rule of the class") + "."
	case lockorder.Hazard:
		return "This proves nothing by itself."
	}
	switch {
	case n == 1 && len(t.r.Writers) > 0:
		return "A waits for W, W waits for A: none goes on."
	case n == 1:
		return "A waits for itself and never goes on."
	}
	var waits []string
	for i := range min(n, 8) {
		waits = append(waits, fmt.Sprintf("%s waits for %s", t.Who(i), t.Who((i+1)%n)))
	}
	if n > 8 {
		waits = append(waits, "and so on")
	}
	end := strings.Join(waits, ", ") + ": none goes on."
	switch {
	case t.r.Refused:
		end += " The last one asked with a context and was refused, so the others went on."
	case t.r.Tier == lockorder.Ordered:
		end += " It takes as many goroutines at once; so far one has done all of it, or they belong to phases that never meet."
	case t.r.Tier == lockorder.Deadlock:
		end += " This is what happened."
	}
	return end
}

// lock names a lock with how it is taken.
func (t *Teller) lock(h lockorder.Hold) string {
	switch {
	case h.Read:
		return t.Name(h.Lock) + " for reading"
	case h.Lock.Type == "RWMutex":
		return t.Name(h.Lock) + " for writing"
	}
	return t.Name(h.Lock)
}

// Name is the class, with a number if the report has another lock of it.
func (t *Teller) Name(l lockorder.Lock) string {
	if l.Class == "" {
		return fmt.Sprintf("%s #%d", visible.Text(cmp.Or(l.Type, "lock")), l.ID)
	}
	for h := range finding.Holds(t.r) {
		if h.Lock.Class == l.Class && h.Lock.ID != l.ID {
			return fmt.Sprintf("%s #%d", visible.Text(l.Class), l.ID)
		}
	}
	return visible.Text(l.Class)
}

// SiteOf is the frame that a reader looks for: package sync's Cond and Locker
// lock for somebody.
func SiteOf(h lockorder.Hold) lockorder.Frame {
	for _, f := range h.Stack {
		if !strings.HasPrefix(f.Func, "sync.") {
			return f
		}
	}
	return append(h.Stack[:len(h.Stack):len(h.Stack)], lockorder.Frame{})[0]
}
