package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"golang.org/x/perf/benchmath"
	"golang.org/x/perf/benchunit"
)

// A verdict is a bar with what was measured for it.
type verdict struct {
	bar      bar
	figure   benchmath.Summary
	measured []string // median per benchmark, with the implementation
	kept     bool
	open     bool // more rounds may turn it
}

// judge takes the figure of each round and of these the median: what is
// compared was measured next to each other, so that a drift of the machine
// cancels out within the round. Rounds that were measured for other bars
// are passed over.
func judge(b bar, rounds []map[key]float64) (verdict, error) {
	var figures []float64
	samples := map[key][]float64{}
	for _, r := range rounds {
		if !hasAll(r, b.needs) {
			continue
		}
		for _, k := range b.keys() {
			if v, ok := r[k]; ok {
				samples[k] = append(samples[k], v)
			}
		}
		figures = append(figures, b.figure(b.last(samples)))
	}
	if len(figures) == 0 {
		return verdict{}, fmt.Errorf("bar %s: no round has all of %v", b.name, b.needs)
	}
	v := verdict{bar: b, figure: median(figures)}
	v.kept = v.figure.Center <= b.limit
	v.open = v.figure.Lo <= b.limit && v.figure.Hi > b.limit
	for _, k := range b.keys() {
		if len(samples[k]) == 0 {
			return verdict{}, fmt.Errorf("bar %s: %s reports no %s", b.name, k.benchmark, k.unit)
		}
		v.measured = append(v.measured, label(b, k)+" "+format(median(samples[k]).Center, k.unit))
	}
	return v, nil
}

func hasAll(round map[key]float64, keys []key) bool {
	for _, k := range keys {
		if _, ok := round[k]; !ok {
			return false
		}
	}
	return true
}

func judgeAll(bars []bar, rounds []map[key]float64) ([]verdict, error) {
	verdicts := make([]verdict, len(bars))
	for i, b := range bars {
		var err error
		if verdicts[i], err = judge(b, rounds); err != nil {
			return nil, err
		}
	}
	return verdicts, nil
}

func median(values []float64) benchmath.Summary {
	return benchmath.AssumeNothing.Summary(benchmath.NewSample(values, &benchmath.DefaultThresholds), 0.95)
}

// processorTime is the unit in which benchmarks report it beside the wall clock's.
const processorTime = "cpu-sec/op"

// label is what tells k from the other benchmarks of the bar.
func label(b bar, k key) string {
	var words []string
	for _, dimension := range []string{"impl=", "case=", "in="} {
		mine := part(k.benchmark, dimension)
		for _, other := range b.keys() {
			if part(other.benchmark, dimension) != mine {
				words = append(words, mine)
				break
			}
		}
	}
	if k.unit == processorTime {
		words = append(words, "cpu")
	}
	return strings.Join(words, " ")
}

func part(benchmark, dimension string) string {
	_, rest, _ := strings.Cut(benchmark, "/"+dimension)
	name, _, _ := strings.Cut(rest, "/")
	return name
}

func format(v float64, unit string) string {
	switch unit {
	case "sec/op", "worst-sec", "wait-sec", processorTime:
		return benchunit.Scale(v, benchunit.Decimal) + "s"
	case "B":
		return fmt.Sprintf("%.1f MB", v/1e6)
	case "B/mutex":
		return fmt.Sprintf("%g B", v)
	}
	return fmt.Sprintf("%g", v)
}

// write prints the table and reports whether every bar is kept.
func write(w io.Writer, verdicts []verdict) (kept bool, err error) {
	kept = true
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "bar\tfigure\t95 % interval\tlimit\t\tmedians")
	for _, v := range verdicts {
		mark := "ok"
		if !v.kept {
			mark, kept = "MISS", false
		}
		f, u := v.figure, v.bar.unit
		fmt.Fprintf(t, "%s\t%s%s\t%s–%s\t≤ %g%s\t%s\t%s\n", v.bar.name, number(f.Center), u, number(f.Lo), number(f.Hi),
			v.bar.limit, u, mark, strings.Join(v.measured, ", "))
	}
	return kept, t.Flush()
}

func number(v float64) string { return strings.TrimSuffix(fmt.Sprintf("%.2f", v), ".00") }
