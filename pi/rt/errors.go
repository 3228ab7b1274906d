package rt

import "errors"

var (
	// ErrUnsupported is what every [UnsupportedError] is, in the sense of errors.Is.
	ErrUnsupported = errors.New("rt: unsupported")

	// ErrDeadlock refuses a wait that would have closed a cycle of threads and Mutexes. Nothing was
	// locked.
	ErrDeadlock = errors.New("rt: deadlock: the wait would close a cycle")

	// ErrOwnerDied says that the lock has been acquired, from a thread that ended without unlocking
	// it: what the lock guards may be half changed.
	ErrOwnerDied = errors.New("rt: the lock's owner has died")
)

// UnsupportedError says what this system or this process lacks.
type UnsupportedError struct {
	Reason string // in words, with what would allow it
	Err    error  // the system's error, or nil
}

// Error gives the reason.
func (e *UnsupportedError) Error() string { return "rt: unsupported: " + e.Reason }

// Is reports true for ErrUnsupported and for errors.ErrUnsupported.
func (e *UnsupportedError) Is(target error) bool {
	return target == ErrUnsupported || target == errors.ErrUnsupported
}

// Unwrap returns the system's error.
func (e *UnsupportedError) Unwrap() error { return e.Err }
