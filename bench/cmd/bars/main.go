// Bars measures the cost of interlock's locks against the bars it has to keep,
// prints a table of figure and limit, and exits with 1 if it misses one.
//
//	go run ./cmd/bars [-run regexp] [-count n] [-benchtime t] [-list]
//
// It builds the benchmarks of this module once and runs them in rounds, every
// benchmark in a process of its own. A bar's figure is the median over the
// rounds of the ratio within a round, so interlock and its rival have always
// been measured next to each other. Ratios carry over to other machines, times
// do not; and a machine that does something else meanwhile shows it in the
// width of the 95 % interval.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"slices"
)

// minCount is the smallest count with a 95 % interval of the median.
const minCount = 6

func main() {
	which := flag.String("run", "", "only the bars whose name matches the `regexp`")
	count := flag.Int("count", 10, "number of rounds, at least 6")
	benchtime := flag.String("benchtime", "50ms", "duration of one benchmark in one round, as in go test")
	list := flag.Bool("list", false, "print the bars and measure nothing")
	flag.Parse()
	kept, err := measure(*which, *count, *benchtime, *list)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bars:", err)
		os.Exit(2)
	}
	if !kept {
		os.Exit(1)
	}
}

func measure(which string, count int, benchtime string, list bool) (kept bool, err error) {
	bars, err := selected(which)
	if err != nil {
		return false, err
	}
	if list {
		for _, b := range bars {
			fmt.Printf("%-22s ≤ %g%s  %s\n", b.name, b.limit, b.unit, b.says)
		}
		return true, nil
	}
	if count < minCount {
		return false, fmt.Errorf("-count %d is too small for a median that holds; take %d or more", count, minCount)
	}
	program, remove, err := build()
	if err != nil {
		return false, err
	}
	defer remove()
	all, err := rounds(count, benchmarks(bars), func(name string) (map[key]float64, error) {
		return run(program, name, benchtime)
	})
	if err != nil {
		return false, err
	}
	var verdicts []verdict
	for _, b := range bars {
		v, err := judge(b, all)
		if err != nil {
			return false, err
		}
		verdicts = append(verdicts, v)
	}
	fmt.Printf("%s %s/%s, %d processors, %d rounds\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0), count)
	return write(os.Stdout, verdicts)
}

func selected(which string) ([]bar, error) {
	re, err := regexp.Compile(which)
	if err != nil {
		return nil, err
	}
	bars := slices.DeleteFunc(allBars(), func(b bar) bool { return !re.MatchString(b.name) })
	if len(bars) == 0 {
		return nil, errors.New("no bar matches; -list names them")
	}
	return bars, nil
}
