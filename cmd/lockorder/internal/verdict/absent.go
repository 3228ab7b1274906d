package verdict

import (
	"slices"
	"strconv"
	"strings"

	"github.com/interlock-go/interlock/cmd/lockorder/internal/finding"
	"github.com/interlock-go/interlock/internal/baseline"
	"github.com/interlock-go/interlock/internal/graphfile"
)

// absent makes orders of a graph of those that only the baseline has, each taken
// by a goroutine of its own: one that is new can close a cycle with them.
func absent(v *Verdict) []graphfile.Order {
	var orders []graphfile.Order
	by := len(v.Graph.Processes())
	for i, o := range v.diff.Absent {
		var all []graphfile.Hold
		for _, l := range o.Locks {
			h := graphfile.Hold{Mode: l.Mode, Type: "Mutex"}
			if l.Mode == "RLock" {
				h.Type = "RWMutex"
			}
			function, _ := strings.CutPrefix(l.Name, graphfile.Placed)
			if l.Classed {
				h.Class, function = l.Name, finding.Baseline // which does not say in what function
			}
			colon := strings.LastIndexByte(l.Position, ':')
			line, _ := strconv.Atoi(l.Position[colon+1:])
			h.Site = []graphfile.Frame{{Func: function, File: l.Position[:max(colon, 0)], Line: line}}
			all = append(all, h)
		}
		last := len(all) - 1
		orders = append(orders, graphfile.Order{
			Held: all[:last], Want: all[last],
			Seen: []graphfile.Sighting{{Process: by, Goroutine: uint64(i + 1)}},
		})
	}
	return orders
}

// idle are the declared orders that nobody has taken.
func idle(g *graphfile.Graph, more []baseline.Declaration) []graphfile.Declaration {
	taken := map[graphfile.Declaration]bool{}
	for _, o := range g.Orders() {
		for _, h := range o.Held {
			taken[graphfile.Declaration{Before: h.Class, After: o.Want.Class}] = true
		}
	}
	var never []graphfile.Declaration
	all := g.Declared()
	for _, d := range more {
		all = append(all, d.Declaration)
	}
	for _, d := range all {
		if !taken[d] && !slices.Contains(never, d) {
			never = append(never, d)
		}
	}
	return never
}
