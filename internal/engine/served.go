package engine

import (
	"runtime"

	"github.com/interlock-go/interlock/internal/goroutine"
	"github.com/interlock-go/interlock/internal/quiet"
)

// Served is Woken for a waiter that is let go by somebody who passes on what another one did:
// that says nothing about who can act. The one who did act calls Acted.
//
//go:norace
func (w *Waiter) Served() {
	quiet.Begin()
	w.over.Store(1)
	quiet.End()
}

// Resumed takes Served back: what w was given has been taken away before it ran, by a goroutine that runs
// and that SetWakers has been told of.
//
//go:norace
func (w *Waiter) Resumed() {
	quiet.Begin()
	w.over.Store(0)
	quiet.End()
}

// Acted says that the running goroutine has done what ends waits for the condition. If it is
// none of the wakers although there are some, nothing is certain any more.
//
//go:norace
func (c *Condition) Acted() {
	if s := c.certain(); s != nil && !s.has(Running()) {
		c.Doubt()
	}
}

// HoldsAny tells whether the running goroutine holds a lock of ours. It takes a few nanoseconds, and less if no lock was ever used.
//
//go:norace
func HoldsAny() bool {
	if records.table.Load() == nil {
		return false
	}
	quiet.Begin()
	var r *Record
	if goroutine.Direct {
		g := goroutine.G()
		if r = records.find(uintptr(g)); r != nil && r.goid != goroutine.ID(g) {
			r = nil // of an earlier goroutine
		}
	} else {
		r = Enter()
	}
	held := r != nil && r.n() > 0
	quiet.End()
	return held
}

// CallerOutside returns the return address of the innermost frame whose function's name does not begin
// with prefix. It skips as many frames before it looks, not counting its own. It takes up to a microsecond.
//
//go:norace
func CallerOutside(skip int, prefix string) uintptr {
	var pcs [12]uintptr
	n := runtime.Callers(skip+2, pcs[:])
	for i := range n {
		if f := runtime.FuncForPC(pcs[i] - 1); f == nil || len(f.Name()) < len(prefix) || f.Name()[:len(prefix)] != prefix {
			return pcs[i]
		}
	}
	return pcs[0]
}

// coreOf finds the detector's part of one of our locks.
var coreOf func(l any) *Core

// SetCoreOf tells how to find the Core of one of our locks: nil for any other. It is called from the initialization of package
// mutex, which the primitives that take a lock from their caller do not import.
//
//go:norace
func SetCoreOf(f func(l any) *Core) { coreOf = f }

// HoldsLocker tells whether the running goroutine holds l, if l is one of our locks; of any other it says yes.
//
//go:norace
func HoldsLocker(l any) bool {
	if coreOf == nil {
		return true
	}
	c := coreOf(l)
	return c == nil || Holding(c, true)
}
