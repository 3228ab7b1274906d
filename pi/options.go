package pi

import (
	"runtime"
	"time"
)

// Option is a setting of an [Executor].
type Option func(*Executor)

// Protocol is what the owner of a lock gets from those that wait for it.
type Protocol int

const (
	Inherit Protocol = iota // the highest effective priority among them
	None                    // nothing: for comparison, since inversion is unbounded then
)

// WithSlots sets how many tasks run at a time. The default is GOMAXPROCS less one, which leaves a
// processor to the rest of the program, and at least one. It panics if n is less than 1.
func WithSlots(n int) Option {
	if n < 1 {
		panic("pi: WithSlots: fewer than one slot")
	}
	return func(e *Executor) { e.slots = n }
}

// WithProtocol sets the protocol of the executor's mutexes. The default is Inherit. It does not
// concern those made by NewCeiling.
func WithProtocol(p Protocol) Option {
	return func(e *Executor) { e.engine.Off = p == None }
}

// WithAging lets a task that waits for a slot gain one priority for every d of waiting, so that
// nothing urgent can keep it waiting for ever. It keeps what it gained as long as it keeps the slot. Age counts
// where the executor decides, which every checkpoint is while a task is ready; no timer fires for it. It panics unless d is between
// a microsecond and an hour.
func WithAging(d time.Duration) Option {
	if d < time.Microsecond || d > time.Hour {
		panic("pi: WithAging: not between a microsecond and an hour")
	}
	return func(e *Executor) { e.ready.Scale = d.Microseconds() }
}

// WithObserver has every event of the executor told to o. It closes the fast paths:
// locking costs what a contended lock costs.
func WithObserver(o Observer) Option {
	return func(e *Executor) { e.observer = o }
}

func defaultSlots() int { return max(1, runtime.GOMAXPROCS(0)-1) }
