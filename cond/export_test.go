package cond

// SignalLate is Signal that saw a waiter who has gone before it has the lock.
func (c *Cond) SignalLate() { c.wakeOne() }

// Meet is what a first call does that saw no other before it, though there may have been one.
func (c *Cond) Meet() { c.meet() }

// Waiting returns how many calls are queued.
func (c *Cond) Waiting() int { return int(c.state.Load() / one) }
