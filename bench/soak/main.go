// Command soak runs all primitives for a long time under random load, and plants deadlocks among it:
//
//	cd bench && go run ./soak -duration 30m
//
// The load is correct: it locks in one order, waits with nothing held, gives up at random, changes capacities, and throws its locks
// away. So every report has to belong to a planted fault. A fault is known by its goroutines: a report whose goroutines
// are not all of one plant, or that a plant does not expect, is a violation, as is a plant that nobody reports in time. Half of
// the plants are twins, the same code without the fault, which must stay silent.
//
// The run is cut into phases. At the end of each all goroutines of the load have ended, and then
//
//   - counters, balances and buffers must add up (no lost item, unit or lock),
//   - as many goroutines run as before,
//   - nobody holds or waits for anything,
//   - the live heap and the detector's tables are noted.
//
// Reports, and the classes and orders that some plants bring along, are kept for the life of the process. So such faults
// are planted in the first third of the run only (every -pace); refused rings, which leave nothing behind, are planted to
// its end. From the notes after that third the growth of the heap is estimated (the median of all slopes, of Theil and Sen, between
// the least of each sixteen notes: the detector's set of known orders grows to 2 MiB and starts afresh) and held against a limit,
// if there are at least 64 of these notes: with the default phase that takes 24 minutes.
// The command ends with a table of figures, and exits with 1 if something was violated.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"
)

func main() {
	c := config{out: os.Stdout, log: os.Stderr}
	flag.DurationVar(&c.duration, "duration", time.Minute, "how long to run")
	flag.DurationVar(&c.phase, "phase", 15*time.Second, "length of a phase")
	flag.DurationVar(&c.progress, "progress", 5*time.Second, "how often to say how it goes")
	flag.DurationVar(&c.within, "within", 10*time.Second, "how soon a planted fault must be reported")
	flag.DurationVar(&c.pace, "pace", 0, "between two plants whose reports are kept (0: a 600th of the duration, at most 1s)")
	flag.Uint64Var(&c.seed, "seed", uint64(time.Now().UnixNano()), "of all random choices")
	flag.Uint64Var(&c.ceiling, "ceiling", 256, "of the heap in use, in MiB")
	flag.StringVar(&c.profile, "profile", "", "a file for the profile of what is in the heap at the end")
	flag.Parse()
	if violations := c.run(); violations > 0 {
		fmt.Fprintln(os.Stderr, "soak: violations:", violations)
		os.Exit(1)
	}
}
