package main

import (
	"context"
	"fmt"
	"io"
	"time"

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
	places := findPlaces(c.p.dir)
	found := collect(graph).with(nestings(graph, c.build.Sites, places))
	var tries *reruns
	whole := graph
	if c.kept != "" {
		if tries, err = c.confirm(ctx, found, graph, stderr); err != nil {
			fmt.Fprintf(stderr, "lockorder: -confirm: %v\n", err)
			status = exitFail
		}
		whole, _ = merge(c.graphs) // with the rings that have closed; what cannot be read has been named above
	}
	var unwritten error // what was found is printed all the same
	if c.p.graph != "" {
		unwritten = writeGraph(c.p.graph, whole)
	}
	found.toRead(places)
	found.print(stdout, graph, c.p.fail, tries)
	if unwritten != nil {
		return fail(stderr, fmt.Errorf("-graph: %w", unwritten))
	}
	if found.count(c.p.fail) > 0 {
		status = exitFail
	}
	return status
}
