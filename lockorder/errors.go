package lockorder

import (
	"fmt"
	"io"

	"github.com/interlock-go/interlock/internal/engine"
)

// DeadlockError is the error of a mutex.LockContext or mutex.RLockContext
// whose wait would have closed a ring. Nothing was locked. The caller unlocks
// what it holds and tries again later.
//
// It prints as one line; %+v prints the whole report.
type DeadlockError struct {
	Report Report // what the call would have waited in
}

// NewDeadlockError makes the error for a refused wait, with the stacks of its ring. It is for the
// primitives of this module, which hold nothing internal when they call it.
func NewDeadlockError(f *engine.Finding) *DeadlockError {
	f.Fill()
	return &DeadlockError{Report: newReport(f)}
}

// Error returns the first line of the report.
func (e *DeadlockError) Error() string { return e.Report.firstLine() }

// Format prints the whole report for %+v and one line for everything else.
func (e *DeadlockError) Format(s fmt.State, verb rune) {
	switch {
	case verb == 'v' && s.Flag('+'):
		_, _ = io.WriteString(s, e.Report.String())
	case verb == 'q':
		fmt.Fprintf(s, "%q", e.Error())
	default:
		_, _ = io.WriteString(s, e.Error())
	}
}
