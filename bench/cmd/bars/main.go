// Bars measures the cost of interlock's locks against the bars it has to keep,
// prints a table of figure and limit, and exits with 1 if it misses one.
//
//	go run ./cmd/bars [-run regexp] [-count n] [-benchtime t] [-list]
//
// It builds the benchmarks of this module once and runs them in rounds, every
// benchmark in a process of its own. A bar's figure is the median over the
// rounds of the ratio within a round, so interlock and its rival have always
// been measured next to each other. While the limit lies in the 95 % interval
// of the figure, up to four times as many rounds are measured for that bar.
// Ratios carry over to other machines, times do not; and a machine that does
// something else meanwhile shows it in the width of the interval.
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
	count := flag.Int("count", 10, "rounds, at least 6; four times as many for a bar that is close")
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
	verdicts, err := decide(bars, count, func(name string) (map[key]float64, error) {
		return run(program, name, benchtime)
	})
	if err != nil {
		return false, err
	}
	fmt.Printf("%s %s/%s, %d processors\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0))
	return write(os.Stdout, verdicts)
}

// decide measures count rounds, and again as many, up to patience times, for
// the bars whose limit lies in the 95 % interval of their figure: there noise
// would decide.
func decide(bars []bar, count int, run func(string) (map[key]float64, error)) ([]verdict, error) {
	const patience = 4
	var all []map[key]float64
	for open := bars; ; {
		more, err := rounds(count, benchmarks(open), run)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
		verdicts, err := judgeAll(bars, all)
		if err != nil {
			return nil, err
		}
		open = nil
		for _, v := range verdicts {
			if v.open {
				open = append(open, v.bar)
			}
		}
		if len(open) == 0 || len(all) >= patience*count {
			return verdicts, nil
		}
	}
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
