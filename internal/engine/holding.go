package engine

import (
	"github.com/interlock-go/interlock/internal/goroutine"
	"github.com/interlock-go/interlock/internal/quiet"
	"github.com/interlock-go/interlock/internal/rule"
)

// Holding tells whether the running goroutine holds the lock for writing, or in any way if reading
// suffices. Where hand-offs have been seen it cannot tell and says yes.
//
//go:norace
func Holding(c *Core, readingSuffices bool) bool {
	quiet.Begin()
	r := Enter()
	r.settle()
	id := c.identify()
	ok := r.held.Holds(id, rule.Write) || readingSuffices && r.held.Holds(id, rule.Read) || c.id.Load()&handed != 0
	quiet.End()
	return ok
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
	held := r != nil && r.held.Len() > 0
	quiet.End()
	return held
}

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

// coreOf finds the detector's part of one of our locks.
var coreOf func(l any) *Core

// SetCoreOf tells how to find the Core of one of our locks: nil for any other. It is called from the initialization of package
// mutex, which the primitives that take a lock from their caller do not import.
//
//go:norace
func SetCoreOf(f func(l any) *Core) { coreOf = f }
