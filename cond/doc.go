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
// holds: giving up counts only for who is still queued; who is not has been signalled, and says so.
package cond
