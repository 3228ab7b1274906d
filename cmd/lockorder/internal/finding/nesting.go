package finding

import (
	"encoding/json"
	"fmt"

	"github.com/interlock-go/interlock/internal/classfile"
	"github.com/interlock-go/interlock/internal/graphfile"
	"github.com/interlock-go/interlock/internal/lockclass"
	"github.com/interlock-go/interlock/lockorder"
)

// Nestings lists where a lock was taken with another of its class held and no
// declaration says in which order. The class cannot tell whether two goroutines
// may take two such locks in both orders, and the instances tell only when they
// were the same: a transfer between two accounts looks alike whether it sorts the
// accounts first or not. So it is a hazard, with the rule that would prove it.
//
// A nesting that is part of a cycle that was reported is left out.
func Nestings(g *graphfile.Graph, sites map[classfile.Place]lockclass.Site, on Places) []lockorder.Report {
	reported := reportedNestings(g)
	var found []lockorder.Report
	for _, o := range g.Orders() {
		for via, h := range o.Held {
			key := [3]string{h.Class, position(h.Site), position(o.Want.Site)}
			if h.Class == "" || h.Class != o.Want.Class || g.Single(h.Class) || reported[key] {
				continue
			}
			reported[key] = true
			found = append(found, nesting(o, via, sites, on))
		}
	}
	return found
}

// reportedNestings are the pairs of places in the findings of the processes.
func reportedNestings(g *graphfile.Graph) map[[3]string]bool {
	pairs := map[[3]string]bool{}
	for _, raw := range g.Reports() {
		var r lockorder.Report
		if json.Unmarshal(raw.Raw, &r) != nil {
			continue
		}
		for _, e := range r.Edges {
			for _, h := range e.Held {
				pairs[[3]string{h.Lock.Class, position(h.Stack), position(e.Want.Stack)}] = true
			}
		}
	}
	return pairs
}

func position[F graphfile.Frame | lockorder.Frame](stack []F) string {
	if len(stack) == 0 {
		return ""
	}
	return graphfile.Frame(stack[0]).Position()
}

func nesting(o graphfile.Order, via int, sites map[classfile.Place]lockclass.Site, on Places) lockorder.Report {
	edge := lockorder.Edge{Via: via, Want: bareHold(o.Want)}
	if len(o.Seen) > 0 {
		edge.Goroutine = o.Seen[0].Goroutine
	}
	for _, h := range o.Held {
		edge.Held = append(edge.Held, bareHold(h))
	}
	held := o.Held[via]
	r := lockorder.Report{
		Tier: lockorder.Hazard, Kind: lockorder.KindClassNesting, Edges: []lockorder.Edge{edge},
		Summary: fmt.Sprintf("two locks of class %s are held at once, and nothing says in which order", held.Class),
		Why: "Two goroutines that do this with the same two locks, one in each order, deadlock. " +
			"The class does not tell whether that can happen.",
	}
	text := "No comparison of the two is in sight: lock in the order of the addresses, with mutex.LockAll, or of a number that the owners have."
	if at := compared(held, o.Want, sites, on); at != "" {
		text = "The comparison at " + at + " may put them in order. To have it proved, declare it:"
	} else {
		text += " Then declare it:"
	}
	r.Advice = []lockorder.Advice{
		{
			Breaks: lockorder.CircularWait,
			Text:   text + " mutex.SetClass with a class that is NestByAddress, or NestByRank and Class.Rank(number).",
		},
	}
	return r
}

// compared is the place of a comparison in the function that takes both locks,
// before it does.
func compared(held, want graphfile.Hold, sites map[classfile.Place]lockclass.Site, on Places) string {
	if len(held.Site) == 0 || len(want.Site) == 0 || held.Site[0].Func != want.Site[0].Func {
		return ""
	}
	at := func(h graphfile.Hold) lockclass.Site {
		file, _ := on.here(h.Site[0].File)
		return sites[classfile.Place{File: file, Line: h.Site[0].Line}]
	}
	if first := at(held); first.Compared > 0 && at(want).Compared > 0 {
		return fmt.Sprintf("%s:%d", on.ToRead(held.Site[0].File), first.Compared)
	}
	return ""
}

// bareHold is a hold with the number that its process gave the lock.
func bareHold(h graphfile.Hold) lockorder.Hold { return reportHold(h, h.Lock) }
