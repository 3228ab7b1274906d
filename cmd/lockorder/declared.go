package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/interlock-go/interlock/internal/baseline"
	"github.com/interlock-go/interlock/internal/graphfile"
	"github.com/interlock-go/interlock/lockorder"
)

// declarations are declared orders of classes, of all processes and the baseline.
type declarations map[string][]string

func (d declarations) add(pair graphfile.Declaration) {
	d[pair.Before] = append(d[pair.Before], pair.After)
}

// path is the declared way from one class to another, both included, or nil.
func (d declarations) path(from, to string) []string {
	return d.search(from, to, map[string]bool{})
}

func (d declarations) search(from, to string, seen map[string]bool) []string {
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

// declaredIn is what the processes of a graph declare.
func declaredIn(g *graphfile.Graph) declarations {
	d := declarations{}
	for _, pair := range g.Declared() {
		d.add(pair)
	}
	return d
}

// undeclared finds the orders that break a declaration which their process does
// not have: one of another process, or of the baseline. A process that has it
// has reported it.
func undeclared(d declarations, orders []graphfile.Order, processes []graphfile.Process, found findings) []lockorder.Report {
	told := map[[2]string]bool{}
	for _, f := range found {
		for _, e := range f.report.Edges {
			if f.report.Kind == lockorder.KindDeclaredOrder && e.Via >= 0 && e.Via < len(e.Held) {
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
			if path := d.path(o.Want.Class, h.Class); path != nil {
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
