package cond

// Signaller says that the running goroutine calls Signal or Broadcast, and vouches that nobody does without having said so. With that
// the detector knows who could end a Wait, and reports it at once when all of them wait for
// ever themselves, or have finished. done takes it back; a goroutine that finishes need not call it.
//
// Register before the goroutines begin to wait: a wait that is under way is not looked at again. Waits with a deadline, or a context that
// can end, are never part of a deadlock.
//
//	defer c.Signaller()()
//
// With the build tag interlock_off it does nothing.
func (c *Cond) Signaller() (done func()) {
	c.check()
	return c.event.Register()
}
