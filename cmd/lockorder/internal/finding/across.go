package finding

import (
	"fmt"
	"slices"
	"strings"

	"github.com/interlock-go/interlock/internal/graphfile"
	"github.com/interlock-go/interlock/internal/rule"
	"github.com/interlock-go/interlock/lockorder"
)

// across finds the cycles that no process has seen whole, because one took
// its locks in one order and another in the inverse. Only locks with a declared
// class can be known again in another process, so only orders that want one take
// part; what they hold may be anything. A lock without a class counts as the
// same one if it was locked at the same place: as a gate that makes a cycle
// harmless it almost always is.
//
// Orders that want a class with one of the same class held are left out: which
// of two instances came first says nothing in another process.
func across(graph *graphfile.Graph, processes []graphfile.Process, orders []graphfile.Order) []lockorder.Report {
	s := &acrossSearch{single: graph.Single, processes: processes, numbers: map[string]uint32{}, orders: map[rule.DepID]*graphfile.Order{}}
	for _, o := range orders {
		if o.Want.Class != "" && !slices.ContainsFunc(o.Held, func(h graphfile.Hold) bool { return h.Class == o.Want.Class }) {
			s.add(o)
		}
	}
	return s.find()
}

type acrossSearch struct {
	base      rule.Base
	single    func(class string) bool
	processes []graphfile.Process
	numbers   map[string]uint32 // of classes and of places
	orders    map[rule.DepID]*graphfile.Order
}

// add interns an order. One that was known, with other places, adds to who has
// taken it.
func (s *acrossSearch) add(o graphfile.Order) {
	held := make([]rule.Hold, len(o.Held))
	for i, h := range o.Held {
		held[i] = s.hold(h)
	}
	id, isNew := s.base.Intern(held, s.hold(o.Want))
	if isNew {
		s.orders[id] = &o
	} else {
		s.orders[id].Seen = append(s.orders[id].Seen[:len(s.orders[id].Seen):len(s.orders[id].Seen)], o.Seen...)
	}
	for _, seen := range o.Seen {
		s.base.Saw(id, uint64(s.number(fmt.Sprintf("%d/%d", seen.Process, seen.Goroutine))), 0)
	}
}

func (s *acrossSearch) hold(h graphfile.Hold) rule.Hold {
	mode := rule.Write
	if h.Mode == rule.Read.String() {
		mode = rule.Read
	}
	n := s.number(h.Name())
	switch {
	case h.Class == "":
		return rule.Hold{Inst: n, Mode: mode}
	case s.single(h.Class): // a package's variable is a gate wherever it is held
		return rule.Hold{Inst: n, Class: n, Mode: mode}
	}
	return rule.Hold{Class: n, Mode: mode}
}

func (s *acrossSearch) number(name string) uint32 {
	n, ok := s.numbers[name]
	if !ok {
		n = uint32(len(s.numbers)) + 1
		s.numbers[name] = n
	}
	return n
}

func (s *acrossSearch) find() []lockorder.Report {
	var found []lockorder.Report
	var result rule.Result
	known := map[string]bool{}
	for id := s.base.Next(0); id != 0; id = s.base.Next(id) {
		s.base.Search(id, &result)
		for _, c := range result.Cycles {
			key := fmt.Sprint(slices.Sorted(slices.Values(c.Deps)))
			if known[key] || c.Tier == rule.Ordered || s.seenWhole(c) {
				continue
			}
			known[key] = true
			found = append(found, s.report(c))
		}
	}
	return found
}

// seenWhole says whether one process has all of the cycle with a goroutine for
// each of its orders: then its own detector has reported it.
func (s *acrossSearch) seenWhole(c rule.Cycle) bool {
	for process := range s.processes {
		if s.apart(c.Deps, process, nil) {
			return true
		}
	}
	return false
}

// apart says whether different goroutines of a process, none of them taken, have
// each of the orders.
func (s *acrossSearch) apart(orders []rule.DepID, process int, taken []uint64) bool {
	if len(orders) == 0 {
		return true
	}
	for _, seen := range s.orders[orders[0]].Seen {
		if seen.Process == process && !slices.Contains(taken, seen.Goroutine) &&
			s.apart(orders[1:], process, append(taken[:len(taken):len(taken)], seen.Goroutine)) {
			return true
		}
	}
	return false
}

func (s *acrossSearch) report(c rule.Cycle) lockorder.Report {
	r := lockorder.Report{Kind: lockorder.KindInversion, Condition: lockorder.CircularWait}
	_ = r.Tier.UnmarshalText([]byte(c.Tier.String())) // the names are the same
	var classes, seen []string
	for i, id := range c.Deps {
		o := s.orders[id]
		edge := lockorder.Edge{Goroutine: o.Seen[0].Goroutine, Want: s.reportHold(o.Want), Via: int(c.Via[i])}
		for _, h := range o.Held {
			edge.Held = append(edge.Held, s.reportHold(h))
		}
		r.Edges = append(r.Edges, edge)
		classes = append(classes, o.Want.Class)
		process := s.processes[o.Seen[0].Process]
		if process.Program == Baseline {
			seen = append(seen, fmt.Sprintf("goroutine %d stands for an order of the baseline", edge.Goroutine))
		} else {
			seen = append(seen, fmt.Sprintf("goroutine %d is of %s (pid %d)", edge.Goroutine, base(process.Program), process.PID))
		}
		for _, h := range o.Held {
			if slices.Contains(c.Gates, s.hold(h).Inst) {
				r.Gates = append(r.Gates, s.reportHold(h).Lock)
			}
		}
	}
	slices.Sort(classes)
	r.Summary = strings.Join(slices.Compact(classes), ", ") + " are taken in orders that form a cycle, each by another process"
	r.Why = "No process saw the whole of it: " + strings.Join(seen, "; ") + ". A process that does both can deadlock."
	r.Advice = []lockorder.Advice{{Breaks: lockorder.CircularWait, Text: "Take these classes in one order everywhere, and declare it."}}
	return r
}

// reportHold gives a lock the number of its name, since those of instances are not
// comparable.
func (s *acrossSearch) reportHold(h graphfile.Hold) lockorder.Hold {
	return reportHold(h, uint64(s.number(h.Name())))
}

// base is the last element of a path, whichever system wrote it.
func base(path string) string { return path[strings.LastIndexAny(path, `/\`)+1:] }
