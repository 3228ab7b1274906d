package pi

import (
	"errors"
	"fmt"
	"strings"
)

var (
	// ErrDeadlock is what every [DeadlockError] is, in the sense of errors.Is.
	ErrDeadlock = errors.New("pi: deadlock")

	// ErrOwnerExited says that the lock has been acquired, from a task that ended without
	// unlocking it: what the lock guards may be half changed.
	ErrOwnerExited = errors.New("pi: the lock's owner has exited")

	// ErrShutdown is the error of a Do after Shutdown.
	ErrShutdown = errors.New("pi: the executor is shut down")
)

// DeadlockError refuses a wait that would have closed a cycle. Nothing was locked.
type DeadlockError struct {
	// Cycle begins with the task that was refused. Each holds what the one before it asks for, and
	// the first holds what the last one asks for.
	Cycle []CycleWait
}

// CycleWait is one task of a cycle and what it asks for.
type CycleWait struct {
	Task TaskID // who asks
	Name string // the task's name, if it has one
	Lock string // the lock that it asks for, as its name or number
}

// Error names the tasks and locks of the cycle.
func (e *DeadlockError) Error() string {
	var b strings.Builder
	b.WriteString("pi: deadlock: ")
	for _, w := range e.Cycle {
		fmt.Fprintf(&b, "%s asks for %s, held by ", describe(w.Task, w.Name), w.Lock)
	}
	b.WriteString(describe(e.Cycle[0].Task, e.Cycle[0].Name))
	return b.String()
}

// Is reports true for ErrDeadlock.
func (e *DeadlockError) Is(target error) bool { return target == ErrDeadlock }

// CeilingError refuses a lock to a task whose base priority is above the lock's ceiling.
type CeilingError struct {
	Base, Ceiling Priority // of the task and of the lock
}

// Error gives both priorities.
func (e *CeilingError) Error() string {
	return fmt.Sprintf("pi: base priority %d is above the Mutex's ceiling %d", e.Base, e.Ceiling)
}

// BusyError is the error of a Shutdown that did not wait for all tasks.
type BusyError struct {
	Inside []TaskState // the tasks that had not ended
	Cause  error       // why the wait was given up: the context's cause
}

// Error counts the tasks.
func (e *BusyError) Error() string {
	return fmt.Sprintf("pi: %d tasks have not ended: %v", len(e.Inside), e.Cause)
}

// Unwrap returns the cause.
func (e *BusyError) Unwrap() error { return e.Cause }

func describe(id TaskID, name string) string {
	if name == "" {
		return fmt.Sprintf("task %d", id)
	}
	return fmt.Sprintf("task %d (%s)", id, name)
}
