package finding

import (
	"fmt"
	"strings"

	"github.com/interlock-go/interlock/internal/graphfile"
	"github.com/interlock-go/interlock/lockorder"
)

// Baseline stands for the process and the functions of orders that no process
// of the graph has taken.
const Baseline = "the baseline"

// Declarations are declared orders of classes, of all processes and the baseline.
type Declarations map[string][]string

func (d Declarations) Add(pair graphfile.Declaration) {
	d[pair.Before] = append(d[pair.Before], pair.After)
}

// Path is the declared way from one class to another, both included, or nil.
func (d Declarations) Path(from, to string) []string {
	return d.search(from, to, map[string]bool{})
}

func (d Declarations) search(from, to string, seen map[string]bool) []string {
	seen[from] = true
	for _, next := range d[from] {
		if next == to {
			return []string{from, to}
		}
		if seen[next] {
			continue
		}
		if rest := d.search(next, to, seen); rest != nil {
			return append([]string{from}, rest...)
		}
	}
	return nil
}

// DeclaredIn is what the processes of a graph declare.
func DeclaredIn(g *graphfile.Graph) Declarations {
	d := Declarations{}
	for _, pair := range g.Declared() {
		d.Add(pair)
	}
	return d
}

// undeclared finds the orders that break a declaration which their process does
// not have: one of another process, or of the baseline. A process that has it
// has reported it.
func undeclared(d Declarations, orders []graphfile.Order, processes []graphfile.Process, found List) []lockorder.Report {
	told := map[[2]string]bool{}
	for _, f := range found {
		for _, e := range f.Report.Edges {
			if f.Report.Kind == lockorder.KindDeclaredOrder && e.Via >= 0 && e.Via < len(e.Held) {
				told[[2]string{e.Held[e.Via].Lock.Class, e.Want.Lock.Class}] = true
			}
		}
	}
	var reports []lockorder.Report
	for _, o := range orders {
		for via, h := range o.Held {
			pair := [2]string{h.Class, o.Want.Class}
			if h.Class == "" || o.Want.Class == "" || told[pair] {
				continue
			}
			if path := d.Path(o.Want.Class, h.Class); path != nil {
				told[pair] = true
				reports = append(reports, violation(o, via, path, processes[o.Seen[0].Process]))
			}
		}
	}
	return reports
}

func violation(o graphfile.Order, via int, path []string, by graphfile.Process) lockorder.Report {
	chain := strings.Join(path, " before ")
	edge := lockorder.Edge{Goroutine: o.Seen[0].Goroutine, Via: via, Want: reportHold(o.Want, uint64(len(o.Held)+1))}
	for i, h := range o.Held {
		edge.Held = append(edge.Held, reportHold(h, uint64(i+1)))
	}
	return lockorder.Report{
		Tier: lockorder.Violation, Kind: lockorder.KindDeclaredOrder, Edges: []lockorder.Edge{edge}, Rule: chain,
		Summary:   fmt.Sprintf("%s is asked for while %s is held, against the declared order %s", path[0], path[len(path)-1], chain),
		Condition: lockorder.CircularWait,
		Why: fmt.Sprintf("A declared order is a promise that keeps circles from forming. The process %s (pid %d) does not declare it, and broke it; "+
			"another process or the baseline does.", base(by.Program), by.PID),
		Advice: []lockorder.Advice{
			{Breaks: lockorder.CircularWait, Text: fmt.Sprintf("Take %s before %s.", path[0], path[len(path)-1])},
			{Text: "If this order is right and the declaration is not, change the declaration."},
		},
	}
}

// reportHold is a graph file's hold as a report has it, with a number that tells
// the locks of the report apart.
func reportHold(h graphfile.Hold, number uint64) lockorder.Hold {
	hold := lockorder.Hold{
		Lock: lockorder.Lock{ID: number, Class: h.Class, Type: h.Type},
		Read: h.Mode == "RLock",
	}
	for _, f := range h.Site {
		hold.Stack = append(hold.Stack, lockorder.Frame(f))
	}
	return hold
}
