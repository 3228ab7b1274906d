// Package finding makes findings of graph files: those that processes report, and those that it takes several processes, a
// declaration, or another place in the source to see.
package finding

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

// Tiers from the gravest down, as findings are printed.
var Tiers = []string{"deadlock", "potential", "needs-writer", "violation", "guarded", "ordered", "hazard"}

// Status is what a baseline has to say of a finding.
type Status string

const (
	New        Status = "new"        // some order in it is not in the baseline, or it has happened
	Known      Status = "known"      // all of its orders are in the baseline
	Suppressed Status = "suppressed" // by a line that has not expired
)

// Finding is a report, and what the command knows of it beside.
type Finding struct {
	Report    lockorder.Report  // its ID is the one of identity
	Unread    string            // instead of the report, if this program cannot read it
	Processes int               // that made it; 0 if it took several to see
	Status    Status            // of lockorder check
	Ring      *lockorder.Report // that has closed when it was tried to be made happen
	ClosedIn  string            // "in rerun 3, of pkg.test, " if this command has run it
	Tried     string            // what became of the attempt, if no ring has closed
}

// List are sorted from the gravest tier down.
type List []Finding

// Collect takes the reports out of a graph, and adds those that it takes several
// processes to see.
func Collect(graph *graphfile.Graph) List {
	return CollectMore(graph, nil, DeclaredIn(graph))
}

// CollectMore is Collect that takes orders into account that no process of the graph has taken,
// and declarations that none has made. Who took the orders is the process after
// the last of the graph.
func CollectMore(graph *graphfile.Graph, more []graphfile.Order, declared Declarations) List {
	var found List
	var rings []lockorder.Report
	for _, r := range graph.Reports() {
		report, unread := decode(r.Raw)
		if report.Provoked {
			rings = append(rings, report)
			continue
		}
		found = append(found, Finding{Report: report, Unread: unread, Processes: len(r.Seen)})
	}
	processes := append(graph.Processes(), graphfile.Process{Program: Baseline})
	orders := append(graph.Orders(), more...)
	for _, r := range slices.Concat(across(graph, processes, orders), undeclared(declared, graph.Orders(), processes, found)) {
		found = append(found, Finding{Report: r})
	}
	for _, r := range found.Confirms(rings) {
		found = append(found, Finding{Report: r}) // it has happened, predicted or not
	}
	return found.sorted()
}

// sorted puts the gravest first and gives each its ID.
func (f List) sorted() List {
	slices.SortStableFunc(f, func(a, b Finding) int { return cmp.Compare(a.Report.Tier, b.Report.Tier) })
	identify(f)
	return f
}

// With adds reports that the command makes itself.
func (f List) With(reports []lockorder.Report) List {
	for _, r := range reports {
		f = append(f, Finding{Report: r})
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

func (f Finding) Text() string {
	if f.Unread != "" {
		return f.Unread
	}
	return f.Report.String()
}

func (f Finding) Of(tiers []string) bool { return slices.Contains(tiers, f.Report.Tier.String()) }

// Count is how many findings are of the given tiers.
func (f List) Count(of []string) int {
	n := 0
	for _, one := range f {
		if one.Of(of) {
			n++
		}
	}
	return n
}

// Print writes the findings and, behind a line about the reruns if there is one, a last line that sums up.
func (f List) Print(out io.Writer, graph *graphfile.Graph, failing []string, reruns string) {
	for _, one := range f {
		one.Print(out)
	}
	if len(f) > 0 {
		fmt.Fprintln(out)
	}
	if reruns != "" {
		fmt.Fprintf(out, "lockorder: %s\n", reruns)
	}
	sum := f.Summary(failing)
	if len(f) == 0 && len(graph.Processes()) == 0 {
		sum = "nothing was seen, for no process ran"
	}
	fmt.Fprintf(out, "lockorder: %s: %s\n", Extent(graph), sum)
}

// Print writes the report and what is known beside.
func (f Finding) Print(out io.Writer) {
	fmt.Fprintf(out, "\n%s\n", strings.TrimRight(f.Text(), "\n"))
	f.PrintOutcome(out)
	if f.Processes > 1 {
		fmt.Fprintf(out, "  seen by %d test processes\n", f.Processes)
	}
}

// Extent is how much a graph has to say.
func Extent(graph *graphfile.Graph) string {
	return fmt.Sprintf("%s, %s, %s", Plural(len(graph.Processes()), "process", "processes"),
		Plural(graph.Locks(), "lock", "locks"), Plural(graph.Len(), "order", "orders"))
}

// Summary counts the findings of each tier and says which of them fail.
func (f List) Summary(failing []string) string {
	var parts []string
	for _, tier := range Tiers {
		n := f.Count([]string{tier})
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
