package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/interlock-go/interlock/cmd/lockorder/internal/finding"
	"github.com/interlock-go/interlock/internal/overlay"
)

// conclusion is what is made of the graph files when all processes have ended.
type conclusion struct {
	p      *goArgs
	build  *overlay.Build
	graphs string        // directory of the graph files
	kept   string        // of the test binaries, "" if nothing is to be confirmed
	took   time.Duration // by all tests, with building them
	say    func(string, ...any)
}

// print prints what the processes have found and returns the exit status that
// it deserves.
func (c *conclusion) print(ctx context.Context, stdout, stderr io.Writer) int {
	status := exitOK
	stdout = restored{stdout, c.build.Restore}
	graph, err := merge(c.graphs)
	if err != nil {
		fmt.Fprintf(stderr, "lockorder: left out of the findings: %v\n", err)
		status = exitFail
	}
	places := finding.FindPlaces(c.p.dir)
	found := finding.Collect(graph).With(finding.Nestings(graph, c.build.Sites, places))
	reruns := ""
	whole := graph
	if c.kept != "" {
		if reruns, err = c.confirm(ctx, found, graph, stderr); err != nil {
			fmt.Fprintf(stderr, "lockorder: -confirm: %v\n", err)
			status = exitFail
		}
		whole, _ = merge(c.graphs) // with the rings that have closed; what cannot be read has been named above
	}
	var unwritten error // what was found is printed all the same
	if c.p.graph != "" {
		unwritten = writeGraph(c.p.graph, whole)
	}
	found.ToRead(places)
	found.Print(stdout, graph, c.p.fail, reruns)
	if unwritten != nil {
		return fail(stderr, fmt.Errorf("-graph: %w", unwritten))
	}
	if found.Count(c.p.fail) > 0 {
		status = exitFail
	}
	return status
}
