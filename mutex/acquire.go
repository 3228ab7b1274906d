//go:build !interlock_off

package mutex

import (
	"unsafe"

	"github.com/interlock-go/interlock/internal/engine"
	"github.com/interlock-go/interlock/internal/park"
	"github.com/interlock-go/interlock/internal/quiet"
)

// native is the lock of package sync under one of ours, or one side of it.
type native interface {
	Lock()
	TryLock() bool
	Unlock()
}

// acquire locks l for the running goroutine, with everything that the detector has to
// say about it. News are told with neither l nor anything internal held, and not while
// the goroutine counts as blocked: who is told may itself use locks, even l.
//
//go:norace
func acquire(q *engine.Request, l native) {
	quiet.Begin()
	r := engine.Enter()
	var news *engine.News
	if !measuring { // the locks taken to measure are in nobody's order
		news = r.Before(q)
	}
	quiet.End()
	if news == nil && l.TryLock() {
		note(r, q)
		return
	}
	quiet.Begin()
	ring := r.Block(q)
	if ring != nil {
		news = engine.Tell(ring) // it says all that a warning of it would
	}
	quiet.End()
	if news != nil {
		tell(r, q, news)
	}
	l.Lock()
	quiet.Begin()
	r.Unblock()
	r.Acquired(q)
	quiet.End()
}

// tell passes on news in the middle of a wait.
//
//go:norace
func tell(r *engine.Record, q *engine.Request, news *engine.News) {
	quiet.Begin()
	r.Unblock()
	quiet.End()
	engine.Emit(news)
	quiet.Begin()
	ring := r.Block(q)
	quiet.End()
	if ring != nil {
		tell(r, q, engine.Tell(ring)) // it closed while the news were told
	}
}

//go:norace
func note(r *engine.Record, q *engine.Request) {
	quiet.Begin()
	r.Acquired(q)
	quiet.End()
}

// noteTried notes what a TryLock acquired.
//
//go:norace
func noteTried(q *engine.Request) {
	quiet.Begin()
	engine.Enter().Acquired(q)
	quiet.End()
}

// released takes the hold out of the holder's record, and reports false if there is none.
//
//go:norace
func released(q *engine.Request) bool {
	quiet.Begin()
	ok := engine.Enter().Released(q)
	quiet.End()
	return ok
}

// wake wakes calls that wait for c with a context.
//
//go:norace
func wake(c *engine.Core, all bool) {
	park.Wake(uintptr(unsafe.Pointer(c)), all, c)
}

// wakeWaited wakes if anybody waits. It is too long to be inlined, so the fast paths spell it out.
//
//go:norace
func wakeWaited(c *engine.Core, all bool) {
	quiet.Begin()
	if c.Waited() {
		wake(c, all)
	}
	quiet.End()
}
