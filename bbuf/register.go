package bbuf

import (
	"math"

	"github.com/interlock-go/interlock/internal/wakers"
)

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
	return b.register(&b.items)
}

// Consumer says that the running goroutine takes items, and vouches that nobody takes items or closes the buffer without
// having said so: a Put that waits for them for ever is reported. All else is as with [Buffer.Producer].
func (b *Buffer[T]) Consumer() (done func()) {
	return b.register(&b.room)
}

// register makes the running goroutine a waker. From then on nobody who can be served is left to those on their way: the detector would see
// the call wait for a waker, though it will go on without one.
func (b *Buffer[T]) register(e *wakers.Event) (done func()) {
	b.check()
	done = e.Register()
	if b.watched() {
		t, h := b.lockBoth()
		b.maxWoken = math.MaxInt32
		b.releaseBoth(t, h, &served[T]{})
	}
	return done
}
