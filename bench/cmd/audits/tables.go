package main

import (
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"
	"time"
)

// tierNames are those of lockorder from the gravest down.
var tierNames = []string{"deadlock", "potential", "needs-writer", "violation", "guarded", "ordered", "hazard"}

// writeTables prints what was found and what it cost, as Markdown.
func writeTables(w io.Writer, audits []*audit) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s/%s, %d processors, %d rounds\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH,
		runtime.GOMAXPROCS(0), len(audits[0].rounds))
	row(&b, "module", "packages", "locks", "orders", "findings", "failing tests: plain / lockorder / -race", "files changed")
	row(&b, "---", "---", "---:", "---:", "---", "---", "---")
	for _, a := range audits {
		row(&b, a.subject.module+" "+a.subject.version, packages(a), fmt.Sprint(median(a.locks)), fmt.Sprint(median(a.orders)),
			a.tiers(), fmt.Sprintf("%d / %d / %d", len(a.failed(plain)), len(a.failed(ours)), len(a.failed(race))), a.changes())
	}
	b.WriteByte('\n')
	row(&b, "module", "tests, s: plain / lockorder / -race", "lockorder ÷ plain", "-race ÷ plain", "CPU: lockorder ÷ plain",
		"CPU: -race ÷ plain")
	row(&b, "---", "---", "---:", "---:", "---:", "---:")
	for _, a := range audits {
		row(&b, a.subject.module, a.times(), a.ratio(ours, wall), a.ratio(race, wall), a.ratio(ours, cpu), a.ratio(race, cpu))
	}
	for _, a := range audits {
		a.writeFailures(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// writeBuilds prints what building took, as Markdown.
func writeBuilds(w io.Writer, audits []*audit) error {
	var b strings.Builder
	row(&b, "module", "cold, s: plain / lockorder / -race", "warm", "one file changed", "changed: lockorder ÷ plain")
	row(&b, "---", "---", "---", "---", "---:")
	for _, a := range audits {
		row(&b, a.subject.module+" "+a.subject.version, seconds(a.cold), seconds(a.warm), seconds(a.touched),
			fmt.Sprintf("%.2f", a.touched[ours].Seconds()/a.touched[plain].Seconds()))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func row(b *strings.Builder, cells ...string) {
	fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | "))
}

// packages are the patterns, and how many test processes there were for them.
func packages(a *audit) string {
	text := fmt.Sprintf("`%s` (%d)", strings.Join(a.subject.packages, " "), a.rounds[0][ours].processes)
	if a.subject.skip != "" {
		text += " " + skipped(a.subject)
	}
	return text
}

// skipped is the flag that leaves tests out. A bar would end the table's cell.
func skipped(s subject) string {
	return fmt.Sprintf("`-skip '%s'`", strings.ReplaceAll(s.skip, "|", `\|`))
}

// tiers counts the distinct findings of all rounds.
func (a *audit) tiers() string {
	counts := map[string]int{}
	for _, f := range a.findings {
		counts[f.tier]++
	}
	var parts []string
	for _, tier := range tierNames {
		if n := counts[tier]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, tier))
		}
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

func (a *audit) changes() string {
	if len(a.changed) == 0 {
		return "none"
	}
	return strings.Join(a.changed, ", ")
}

func wall(p process) time.Duration { return p.Wall }

func cpu(p process) time.Duration { return p.CPU }

func (a *audit) times() string {
	var times [wayCount]time.Duration
	for way := range wayCount {
		var all []time.Duration
		for _, round := range a.rounds {
			all = append(all, round[way].tests.Wall)
		}
		times[way] = median(all)
	}
	return seconds(times)
}

// ratio is a way's cost to plain's.
func (a *audit) ratio(way int, cost func(process) time.Duration) string {
	var ratios []float64
	for _, round := range a.rounds {
		ratios = append(ratios, float64(cost(round[way].tests))/float64(cost(round[plain].tests)))
	}
	return fmt.Sprintf("%.2f", median(ratios))
}

func seconds(times [wayCount]time.Duration) string {
	return fmt.Sprintf("%.1f / %.1f / %.1f", times[plain].Seconds(), times[ours].Seconds(), times[race].Seconds())
}

// writeFailures lists the tests that failed any way.
func (a *audit) writeFailures(b *strings.Builder) {
	var counts [wayCount]map[string]int
	all := map[string]bool{}
	for way := range wayCount {
		counts[way] = a.failed(way)
		for test := range counts[way] {
			all[test] = true
		}
	}
	for _, test := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(b, "\n%s: %s failed in %d plain rounds, %d with lockorder, %d with -race\n", a.subject.module, test,
			counts[plain][test], counts[ours][test], counts[race][test])
	}
}

func median[T int | float64 | time.Duration](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
