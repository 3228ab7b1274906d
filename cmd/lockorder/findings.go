package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/interlock-go/interlock/internal/graphfile"
	"github.com/interlock-go/interlock/lockorder"
)

// finding is a report as far as the command needs to know it.
type finding struct {
	tier      string
	text      string
	processes int
}

// findings are sorted from the gravest tier down.
type findings []finding

// collect takes the reports out of a graph, and adds those that it takes several
// processes to see.
func collect(graph *graphfile.Graph) findings {
	var found findings
	for _, r := range graph.Reports() {
		tier, text := render(r.Raw)
		found = append(found, finding{tier, text, r.Count})
	}
	for _, r := range across(graph) {
		found = append(found, finding{tier: r.Tier.String(), text: r.String()})
	}
	return found.sorted()
}

func (f findings) sorted() findings {
	slices.SortStableFunc(f, func(a, b finding) int {
		return slices.Index(tiers, a.tier) - slices.Index(tiers, b.tier)
	})
	return f
}

// with adds reports that the command makes itself.
func (f findings) with(reports []lockorder.Report) findings {
	for _, r := range reports {
		f = append(f, finding{tier: r.Tier.String(), text: r.String()})
	}
	return f.sorted()
}

// render gives a report's tier and text. One that a later library wrote and this
// program cannot read is shown all the same.
func render(raw json.RawMessage) (tier, text string) {
	var r lockorder.Report
	if err := json.Unmarshal(raw, &r); err != nil {
		return lockorder.Hazard.String(), fmt.Sprintf("interlock: hazard: a report that this lockorder cannot read: %v\n  %s\n", err, raw)
	}
	return r.Tier.String(), r.String()
}

// count is how many findings are of the given tiers.
func (f findings) count(of []string) int {
	n := 0
	for _, one := range f {
		if slices.Contains(of, one.tier) {
			n++
		}
	}
	return n
}

// print writes the findings and a last line that sums up.
func (f findings) print(out io.Writer, graph *graphfile.Graph, failing []string) {
	for _, one := range f {
		fmt.Fprintf(out, "\n%s\n", strings.TrimRight(one.text, "\n"))
		if one.processes > 1 {
			fmt.Fprintf(out, "  seen by %d test processes\n", one.processes)
		}
	}
	if len(f) > 0 {
		fmt.Fprintln(out)
	}
	fmt.Fprintf(out, "lockorder: %s, %s, %s: %s\n", plural(len(graph.Processes), "process", "processes"),
		plural(graph.Locks(), "lock", "locks"), plural(len(graph.Orders()), "order", "orders"), f.summary(failing))
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
