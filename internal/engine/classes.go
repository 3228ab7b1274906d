package engine

import (
	"unsafe"

	"github.com/interlock-go/interlock/internal/discipline"
	"github.com/interlock-go/interlock/internal/quiet"
)

// NewClass returns the number of a new class.
//
//go:norace
func NewClass(name string, nest discipline.Nest) uint32 {
	quiet.Begin()
	eng.mu.Lock()
	n := eng.classes.New(name, nest)
	eng.mu.Unlock()
	quiet.End()
	return n
}

// Declare says that locks of class before are taken before those of class after. It
// reports false, and declares nothing, if that would close a cycle of declarations.
//
//go:norace
func Declare(before, after uint32) bool {
	quiet.Begin()
	eng.mu.Lock()
	ok := eng.classes.Order(before, after)
	if ok {
		forgetKnown()
	}
	eng.mu.Unlock()
	quiet.End()
	return ok
}

// Allow says that a lock of class wanted may be asked for with one of class held in
// hand: such nestings are part of no finding.
//
//go:norace
func Allow(held, wanted uint32) {
	quiet.Begin()
	eng.mu.Lock()
	eng.classes.Exempt(held, wanted)
	forgetKnown()
	eng.mu.Unlock()
	quiet.End()
}

// SetClass puts a lock into a class, with its rank within it.
//
//go:norace
func SetClass(c *Core, kind Waiting, class uint32, rank int64) {
	quiet.Begin()
	id := c.identifyAs(kind)
	eng.mu.Lock()
	n := eng.locks.node(id, kind, 0)
	unbound := n.claim()
	n.class, n.rank, n.addr = class, rank, uintptr(unsafe.Pointer(c))
	forgetKnown()
	eng.mu.Unlock()
	if unbound {
		bind(c)
	}
	quiet.End()
}

// SetSite says that the locks acquired at a line of a file, as the line tables of the
// program name it, are of a class. A lock that SetClass has put into a class stays
// there; one that has got a class at one place keeps it at the others.
//
//go:norace
func SetSite(file string, line int, class uint32) {
	quiet.Begin()
	eng.mu.Lock()
	eng.places.Set(file, line, class)
	eng.mu.Unlock()
	quiet.End()
}

// member is the lock as the declarations see it.
//
//go:norace
func (n *node) member() discipline.Member {
	return discipline.Member{ID: n.id, Class: n.class, Address: n.addr, Rank: n.rank}
}
