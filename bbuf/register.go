package bbuf

// Producer says that the running goroutine puts items, and vouches that nobody puts items or closes the buffer without having said so.
// With that the detector knows who could end a Get that waits, and reports it at once when all of
// them wait for ever themselves, or have finished. done takes it back; a goroutine that finishes need not call it.
//
// Register before the goroutines begin to wait: a wait that is under way is not looked at again. Waits with a context that can end
// are never part of a deadlock.
//
//	defer b.Producer()()
//
// With the build tag interlock_off it does nothing.
func (b *Buffer[T]) Producer() (done func()) {
	b.check()
	return b.detector.register(false)
}

// Consumer says that the running goroutine takes items, and vouches that nobody takes items or closes the buffer without
// having said so: a Put that waits for them for ever is reported. All else is as with [Buffer.Producer].
func (b *Buffer[T]) Consumer() (done func()) {
	b.check()
	return b.detector.register(true)
}
