package engine

import "github.com/interlock-go/interlock/internal/heldset"

// lock names the lock with a number, or one of a class of which only the class is known.
//
//go:norace
func (e *engine) lock(number, class uint32) Lock {
	n := e.locks.numbered(number)
	if n == nil {
		return Lock{ID: uint64(number), Class: e.classes.Name(class), Type: "lock"}
	}
	kind := n.kind
	if kind == NotWaiting && n.class != 0 { // held and never asked for: a hold does not know its lock
		kind = Waiting(e.classes.Kind(n.class))
	}
	return Lock{ID: uint64(n.number), Class: e.classes.Name(n.class), Type: kind.typeName()}
}

//go:norace
func (e *engine) hold(key uint64, pc uintptr) Hold {
	n := e.locks.node(heldset.ID(key), NotWaiting, pc)
	return Hold{Lock: e.lock(n.number, n.class), Mode: heldset.Mode(key), Stack: one(pc)}
}

// held describes a hold of a goroutine that stands still. Of one that runs, key and place might be those of two
// holds, and the lock would get a class that is not its own.
//
//go:norace
func (e *engine) held(m *Record, i uint32) Hold {
	h := m.held.At(i)
	e.name(e.locks.node(heldset.ID(h.Key), NotWaiting, h.PC), h.PC)
	out := e.hold(h.Key, h.PC)
	out.Stack = e.stackOf(m, i)
	return out
}

// lock adds the condition's name to how the engine names it.
//
//go:norace
func (c *Condition) lock(l Lock) Lock {
	if l.Class == "" {
		l.Class = c.name
	}
	return l
}

// name is classify for a report, which says nothing of orders.
//
//go:norace
func (e *engine) name(n *node, pc uintptr) {
	if n.class != 0 {
		return
	}
	if n.class = e.places.At(pc); n.class != 0 && n.ordered {
		forgetKnown()
	}
}

// classify gives a lock the class of the place where it is acquired, in an order that
// is not known: an order that its instances are known for is not looked at. If it has taken part
// in orders without one, because it was met behind an interface or in a helper, these stay
// what they are, and all that is known is asked again under its class.
//
//go:norace
func (e *engine) classify(n *node, pc uintptr) {
	e.name(n, pc)
	n.ordered = true
	if n.class != 0 && n.kind != NotWaiting {
		e.classes.SetKind(n.class, uint32(n.kind))
	}
}

//go:norace
func one(pc uintptr) []uintptr {
	s := make([]uintptr, 1)
	s[0] = pc
	return s
}
