package engine

import (
	"unsafe"

	"github.com/interlock-go/interlock/internal/quiet"
)

// Nest is a class's rule for holding one of its locks while asking for another.
type Nest uint8

const (
	NestAny     Nest = iota // no rule: instances are watched one by one
	NestNone                // never
	NestAddress             // in ascending order of address
	NestRank                // in strictly ascending order of rank
)

// class is a set of locks that play the same part.
type class struct {
	name   string
	nest   Nest
	kind   Waiting  // of its locks, as far as one has been asked for
	after  []uint32 // classes declared to come after this one
	exempt []uint32 // classes that may be asked for with this one held, whatever the order
}

// classTable holds the declared classes; number 0 is "no class".
type classTable struct {
	all  []class
	last uint32 // number given last
	seen []bool // of a walk over after
}

type verdict uint8

const (
	undeclared verdict = iota
	vouched            // a declaration says that this nesting is right
	against            // it breaks a declared order
	misnested          // it breaks its class's rule
)

// NewClass returns the number of a new class.
//
//go:norace
func NewClass(name string, nest Nest) uint32 {
	quiet.Begin()
	eng.mu.Lock()
	t := &eng.classes
	t.last++
	if int(t.last) >= len(t.all) {
		grown := make([]class, 2*len(t.all)+16)
		for i := range t.all {
			grown[i] = t.all[i]
		}
		t.all, t.seen = grown, make([]bool, len(grown))
	}
	t.all[t.last] = class{name: name, nest: nest}
	n := t.last
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
	ok := !eng.classes.precedes(after, before)
	if ok {
		c := &eng.classes.all[before]
		c.after = with(c.after, after)
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
	c := &eng.classes.all[held]
	c.exempt = with(c.exempt, wanted)
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

// with returns list with n in it.
//
//go:norace
func with(list []uint32, n uint32) []uint32 {
	if in(list, n) {
		return list
	}
	grown := make([]uint32, len(list)+1)
	for i, v := range list {
		grown[i] = v
	}
	grown[len(list)] = n
	return grown
}

//go:norace
func in(list []uint32, n uint32) bool {
	for _, v := range list {
		if v == n {
			return true
		}
	}
	return false
}

// precedes tells whether class a is declared to come before b, directly or not, or is b.
//
//go:norace
func (t *classTable) precedes(a, b uint32) bool {
	if len(t.all[a].after) == 0 { // as all classes that come from the source
		return a == b
	}
	for i := range t.seen {
		t.seen[i] = false
	}
	return t.reach(a, b)
}

//go:norace
func (t *classTable) reach(a, b uint32) bool {
	if a == b {
		return true
	}
	t.seen[a] = true
	for _, next := range t.all[a].after {
		if !t.seen[next] && t.reach(next, b) {
			return true
		}
	}
	return false
}

// verdict says what the declarations say of asking for want with held in hand.
//
//go:norace
func (t *classTable) verdict(held, want *node) verdict {
	if held.class == 0 || want.class == 0 || held.id == want.id {
		return undeclared
	}
	if held.class != want.class && t.precedes(want.class, held.class) {
		return against // an exemption is from the search for cycles, not from what is declared
	}
	c := &t.all[held.class]
	if in(c.exempt, want.class) {
		return vouched
	}
	if held.class != want.class {
		return undeclared
	}
	ascending := true
	switch c.nest {
	case NestAny:
		return undeclared
	case NestNone:
		ascending = false
	case NestAddress:
		ascending = held.addr < want.addr
	case NestRank:
		ascending = held.rank < want.rank
	}
	if ascending {
		return vouched
	}
	return misnested
}

// name returns a class's name.
//
//go:norace
func (t *classTable) name(class uint32) string {
	if class == 0 {
		return ""
	}
	return t.all[class].name
}
