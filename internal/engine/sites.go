package engine

import (
	"runtime"

	"github.com/interlock-go/interlock/internal/hashtable"
	"github.com/interlock-go/interlock/internal/quiet"
)

// siteTable knows, for places in the source, the class of the lock that is acquired
// there. It is asked when an order is learnt or a goroutine is stuck, and never on a fast path: a
// lock gets its class with the first order, or the first report, that it takes part in.
type siteTable struct {
	byPlace hashtable.Table // hash of file and line → class
	byPC    hashtable.Table // return address → class, 0 for none: what byPlace has said of it
}

// SetSite says that the locks acquired at a line of a file, as the line tables of the
// program name it, are of a class. A lock that SetClass has put into a class stays
// there; one that has got a class at one place keeps it at the others.
//
//go:norace
func SetSite(file string, line int, class uint32) {
	quiet.Begin()
	eng.mu.Lock()
	eng.places.byPlace.Put(placeOf(file, line), class)
	eng.mu.Unlock()
	quiet.End()
}

// placeOf is a hash (FNV-1a) of 64 bits: of a hundred thousand places two are one with
// odds of one in four thousand million.
//
//go:norace
func placeOf(file string, line int) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(file) {
		h = (h ^ uint64(file[i])) * 1099511628211
	}
	return hashWord(h, uint64(line))
}

// at returns the class of what is acquired by the call with return address pc, 0 if the
// source does not say.
//
//go:norace
func (t *siteTable) at(pc uintptr) uint32 {
	if t.byPlace.Len() == 0 || pc == 0 {
		return 0
	}
	if class, ok := t.byPC.Get(uint64(pc)); ok {
		return class
	}
	class := uint32(0)
	if f := runtime.FuncForPC(pc - 1); f != nil { // the innermost, if the call was inlined
		file, line := f.FileLine(pc - 1)
		class, _ = t.byPlace.Get(placeOf(file, line))
	}
	t.byPC.Put(uint64(pc), class)
	return class
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
		e.classes.all[n.class].kind = n.kind
	}
}

// name is classify for a report, which says nothing of orders.
//
//go:norace
func (e *engine) name(n *node, pc uintptr) {
	if n.class != 0 {
		return
	}
	if n.class = e.places.at(pc); n.class != 0 && n.ordered {
		forgetKnown()
	}
}
