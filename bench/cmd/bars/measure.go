package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchunit"
)

const benchPackage = "github.com/interlock-go/interlock/bench"

// build compiles the benchmarks and returns the program and its removal.
func build() (program string, remove func(), err error) {
	dir, err := os.MkdirTemp("", "bars")
	if err != nil {
		return "", nil, err
	}
	remove = func() { os.RemoveAll(dir) }
	program = filepath.Join(dir, "bench.test.exe") // the ending that one system needs and none minds
	if out, err := exec.Command("go", "test", "-c", "-o", program, benchPackage).CombinedOutput(); err != nil {
		remove()
		return "", nil, fmt.Errorf("go test -c: %w\n%s", err, out)
	}
	return program, remove, nil
}

// benchmarks returns what the bars need, each once, so that benchmarks which
// are compared follow each other: those of one operation stand together.
func benchmarks(bars []bar) []string {
	var names []string
	for _, b := range bars {
		for _, k := range b.keys() {
			if !slices.Contains(names, k.benchmark) {
				names = append(names, k.benchmark)
			}
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return strings.Compare(operation(a), operation(b)) })
	return names
}

func operation(benchmark string) string {
	top, rest, _ := strings.Cut(benchmark, "/case=")
	if name, _, ok := strings.Cut(rest, "/"); ok {
		return strings.TrimRight(name, "12") // own1 and own2 are compared
	}
	return top[:strings.Index(top, "/")]
}

// run runs one benchmark in a process of its own, so that no other leaves it
// locks, classes or memory.
func run(program, benchmark, benchtime string) (map[key]float64, error) {
	pattern := "^Benchmark" + strings.ReplaceAll(benchmark, "/", "$/^") + "$"
	cmd := exec.Command(program, "-test.run=^$", "-test.bench="+pattern, "-test.benchtime="+benchtime, "-test.timeout=5m")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", benchmark, err, out)
	}
	return parse(benchmark, out)
}

func parse(benchmark string, out []byte) (map[key]float64, error) {
	values := map[key]float64{}
	for r := benchfmt.NewReader(bytes.NewReader(out), benchmark); r.Scan(); {
		if result, ok := r.Result().(*benchfmt.Result); ok {
			for _, v := range result.Values {
				// The reader leaves the unit of a zero as it was.
				value, unit := benchunit.Tidy(v.Value, v.Unit)
				values[key{benchmark, unit}] = value
			}
		}
	}
	if len(values) == 0 {
		return nil, fmt.Errorf("%s: no result in\n%s", benchmark, out)
	}
	return values, nil
}

// rounds runs every benchmark count times, one after the other and from the
// start again, so that a slow minute of the machine falls on all of them.
func rounds(count int, names []string, run func(benchmark string) (map[key]float64, error)) ([]map[key]float64, error) {
	all := make([]map[key]float64, count)
	for i := range all {
		all[i] = map[key]float64{}
		for _, name := range names {
			values, err := run(name)
			if err != nil {
				return nil, err
			}
			maps.Copy(all[i], values)
		}
	}
	return all, nil
}
