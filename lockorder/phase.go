package lockorder

import "sync/atomic"

// Phase declares that the program is in a phase, such as start-up or
// tear-down, until end is called. What happens in different phases, or in one
// and outside all of them, never runs at once: a cycle whose parts belong to
// different phases is Ordered instead of Potential.
//
// A phase is a promise about the whole process. A goroutine that outlives its
// phase breaks it, and a deadlock that it takes part in stays unpredicted;
// one that happens is reported all the same.
//
// A phase that begins inside another interrupts it until it ends. Two with one
// name are one phase. Calling end again does nothing. The number of names is
// limited to 63; one too many is no phase and says so on standard error.
func Phase(name string) (end func()) {
	interrupted, ok := engineBeginPhase(name)
	if !ok {
		complain("Phase " + printable(name) + ": too many phases; it is not told apart")
		return func() {}
	}
	var ended atomic.Bool
	return func() {
		if ended.CompareAndSwap(false, true) {
			engineEndPhase(interrupted)
		}
	}
}
