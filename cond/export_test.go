package cond

// Waiting returns how many calls are queued.
func (c *Cond) Waiting() int { return int(c.state.Load() / one) }
