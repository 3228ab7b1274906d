// Package cond has a condition variable that can be waited for with a context, a deadline or a predicate, and that
// loses no signal when such a wait ends early.
//
//	c := cond.New(&mu) // instead of sync.NewCond
//
//	mu.Lock()
//	err := c.WaitFor(ctx, func() bool { return len(queue) > 0 })
//
// The usual way to give [sync.Cond] a context, a Broadcast from [context.AfterFunc], wakes every
// waiter when one gives up. Other condition variables with a context let a waiter that has given up keep
// its place, where it swallows the next Signal. Here the rule of Mike Burrows's nsync
// holds: only a waiter that is still queued can give up; one that is not has been signalled, and returns without an error.
//
// # What is found
//
// A wait that nobody can end is a deadlock like any other, and is reported when the last of those who could end it blocks
// or finishes. That needs to be known: see [Cond.Signaller]. A Wait with a lock of package mutex held beside L is listed as a
// hazard, since whoever is to signal may need that lock.
//
// # What it costs
//
// A Signal or Broadcast with nobody waiting is one atomic load. A wait parks, as sync.Cond's does, at up to a third more;
// with a context or a deadline it takes no goroutine, and allocates nothing once the Cond has been waited on. The folder bench has the
// figures. With the build tag interlock_off the same code runs, without the detector.
package cond
