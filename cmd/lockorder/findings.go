package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/interlock-go/interlock/internal/graphfile"
	"github.com/interlock-go/interlock/lockorder"
)

// finding is a report, and what the command knows of it beside.
type finding struct {
	report    lockorder.Report  // its ID is the one of identity
	unread    string            // instead of the report, if this program cannot read it
	processes int               // that made it; 0 if it took several to see
	status    status            // of lockorder check
	ring      *lockorder.Report // that has closed when it was tried to be made happen
	closedIn  string            // "in rerun 3, of pkg.test, " if this command has run it
	tried     string            // what became of the attempt, if no ring has closed
}

// findings are sorted from the gravest tier down.
type findings []finding

// collect takes the reports out of a graph, and adds those that it takes several
// processes to see.
func collect(graph *graphfile.Graph) findings {
	return collectMore(graph, nil, declaredIn(graph))
}

// collectMore takes orders into account that no process of the graph has taken,
// and declarations that none has made. Who took the orders is the process after
// the last of the graph.
func collectMore(graph *graphfile.Graph, more []graphfile.Order, declared declarations) findings {
	var found findings
	var rings []lockorder.Report
	for _, r := range graph.Reports() {
		report, unread := decode(r.Raw)
		if report.Provoked {
			rings = append(rings, report)
			continue
		}
		found = append(found, finding{report: report, unread: unread, processes: len(r.Seen)})
	}
	processes := append(graph.Processes(), graphfile.Process{Program: theBaseline})
	orders := append(graph.Orders(), more...)
	for _, r := range slices.Concat(across(graph, processes, orders), undeclared(declared, graph.Orders(), processes, found)) {
		found = append(found, finding{report: r})
	}
	for _, r := range found.confirms(rings) {
		found = append(found, finding{report: r}) // it has happened, predicted or not
	}
	return found.sorted()
}

// sorted puts the gravest first and gives each its ID.
func (f findings) sorted() findings {
	slices.SortStableFunc(f, func(a, b finding) int { return cmp.Compare(a.report.Tier, b.report.Tier) })
	identify(f)
	return f
}

// with adds reports that the command makes itself.
func (f findings) with(reports []lockorder.Report) findings {
	for _, r := range reports {
		f = append(f, finding{report: r})
	}
	return f.sorted()
}

// decode reads a report. One that a later library wrote and this program cannot
// read is shown all the same.
func decode(raw json.RawMessage) (r lockorder.Report, unread string) {
	if err := json.Unmarshal(raw, &r); err != nil {
		unread = fmt.Sprintf("interlock: hazard: a report that this lockorder cannot read: %v\n  %s\n", err, raw)
		return lockorder.Report{Tier: lockorder.Hazard, Summary: "a report that this lockorder cannot read"}, unread
	}
	if r.Tier == 0 {
		r.Tier = lockorder.Hazard
	}
	return r, ""
}

func (f finding) text() string {
	if f.unread != "" {
		return f.unread
	}
	return f.report.String()
}

func (f finding) of(tiers []string) bool { return slices.Contains(tiers, f.report.Tier.String()) }

// count is how many findings are of the given tiers.
func (f findings) count(of []string) int {
	n := 0
	for _, one := range f {
		if one.of(of) {
			n++
		}
	}
	return n
}

// print writes the findings and a last line that sums up.
func (f findings) print(out io.Writer, graph *graphfile.Graph, failing []string, tries *reruns) {
	for _, one := range f {
		one.print(out)
	}
	if len(f) > 0 {
		fmt.Fprintln(out)
	}
	if tries != nil {
		fmt.Fprintf(out, "lockorder: %s\n", tries.sum())
	}
	fmt.Fprintf(out, "lockorder: %s: %s\n", extent(graph), f.summary(failing))
}

func (f finding) print(out io.Writer) {
	fmt.Fprintf(out, "\n%s\n", strings.TrimRight(f.text(), "\n"))
	f.printOutcome(out)
	if f.processes > 1 {
		fmt.Fprintf(out, "  seen by %d test processes\n", f.processes)
	}
}

// extent is how much a graph has to say.
func extent(graph *graphfile.Graph) string {
	return fmt.Sprintf("%s, %s, %s", plural(len(graph.Processes()), "process", "processes"),
		plural(graph.Locks(), "lock", "locks"), plural(graph.Len(), "order", "orders"))
}

// summary counts the findings of each tier and says which of them fail.
func (f findings) summary(failing []string) string {
	var parts []string
	for _, tier := range tiers {
		n := f.count([]string{tier})
		if n == 0 {
			continue
		}
		part := fmt.Sprintf("%d %s", n, tier)
		if slices.Contains(failing, tier) {
			part += " (fails)"
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return "no finding"
	}
	return strings.Join(parts, ", ")
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
