//go:build race

// Package quiet hides the detector's own synchronization from Go's race detector.
//
// A detector that takes a lock inside every Lock orders everything against
// everything, and the race detector no longer sees the races of the program.
// Between Begin and End the current goroutine's synchronization is not recorded.
// Memory accesses still are, so what runs in between must be marked go:norace
// and must keep off the operations that the runtime instruments by itself:
// built-in maps, append, channels, string building.
package quiet

import "runtime"

// Enabled tells whether the race detector is compiled in.
const Enabled = true

// Begin starts a section; sections nest.
//
//go:norace
func Begin() { runtime.RaceDisable() }

// End ends the innermost section.
//
//go:norace
func End() { runtime.RaceEnable() }
