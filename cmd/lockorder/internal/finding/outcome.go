package finding

import (
	"fmt"
	"io"
	"strings"
)

// PrintOutcome says what came of the attempt to make a finding happen.
func (f Finding) PrintOutcome(out io.Writer) {
	switch {
	case f.Ring != nil:
		fmt.Fprintf(out, "  confirmed: %swith goroutines held up at these places the ring has closed:\n", f.ClosedIn)
		ring := *f.Ring
		ring.Advice, ring.ID = nil, "" // those of the finding
		for line := range strings.Lines(strings.TrimRight(ring.String(), "\n")) {
			fmt.Fprint(out, "    ", strings.TrimRight(line, "\n"), "\n")
		}
	case f.Tried != "":
		fmt.Fprintf(out, "  not confirmed: %s\n", f.Tried)
	}
}

// Mark follows the ID of a finding that has been made to happen.
func (f Finding) Mark() string {
	if f.Ring == nil {
		return ""
	}
	return " (confirmed)"
}
