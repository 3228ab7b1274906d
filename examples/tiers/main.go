// Command tiers makes one finding of each tier and prints its report:
//
//	go run ./examples/tiers potential
//
// The tiers are deadlock, potential, needs-writer, violation, guarded, ordered
// and hazard. docs/reports.md explains each.
package main

import (
	"fmt"
	"os"
	"sync"

	"github.com/interlock-go/interlock/lockorder"
)

var tiers = map[string]func(){
	"deadlock":     deadlock,
	"potential":    potential,
	"needs-writer": needsWriter,
	"violation":    violation,
	"guarded":      guarded,
	"ordered":      ordered,
	"hazard":       hazard,
}

func main() {
	if len(os.Args) != 2 || tiers[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: tiers deadlock|potential|needs-writer|violation|guarded|ordered|hazard")
		os.Exit(2)
	}
	lockorder.SetHandler(func(r lockorder.Report) {
		fmt.Print(r)
		if r.Tier == lockorder.Deadlock {
			os.Exit(0) // what it reports would hang
		}
	})
	tiers[os.Args[1]]()
}

// run runs each function in a goroutine of its own, after the one before it has
// ended, so that nothing here hangs.
func run(functions ...func()) {
	for _, f := range functions {
		var wg sync.WaitGroup
		wg.Go(f)
		wg.Wait()
	}
}
