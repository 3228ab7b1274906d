package main

import (
	"fmt"
	"io"
	"strings"
)

// printOutcome says what came of the attempt to make a finding happen.
func (f finding) printOutcome(out io.Writer) {
	switch {
	case f.ring != nil:
		fmt.Fprintf(out, "  confirmed: %swith goroutines held up at these places the ring has closed:\n", f.closedIn)
		ring := *f.ring
		ring.Advice, ring.ID = nil, "" // those of the finding
		for line := range strings.Lines(strings.TrimRight(ring.String(), "\n")) {
			fmt.Fprint(out, "    ", strings.TrimRight(line, "\n"), "\n")
		}
	case f.tried != "":
		fmt.Fprintf(out, "  not confirmed: %s\n", f.tried)
	}
}

// mark follows the ID of a finding that has been made to happen.
func (f finding) mark() string {
	if f.ring == nil {
		return ""
	}
	return " (confirmed)"
}
