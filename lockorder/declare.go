package lockorder

import (
	"strings"
	"sync"
)

// Order declares that locks of each class are taken before those of the
// classes after it. Taking them in another order is a Violation from then on,
// even if nobody ever takes them in this one. Orders add up over calls.
//
// Order panics if a class is nil or if the order contradicts those declared
// before; then nothing of it is declared.
func Order(classes ...*Class) {
	declared.mu.Lock()
	err := declared.add(classes)
	declared.mu.Unlock()
	if err != "" {
		panic("lockorder: " + err)
	}
	for i := 1; i < len(classes); i++ {
		engineDeclare(classes[i-1].id, classes[i].id)
		graphDeclare(classes[i-1], classes[i])
	}
}

// AllowOrder takes the order "before, then after" out of the search for
// cycles: for an order that the program knows to be harmless by means that no
// detector sees. A declared [Order] still holds. It panics if a class is nil.
func AllowOrder(before, after *Class) {
	if before == nil || after == nil {
		panic("lockorder: AllowOrder of a nil class")
	}
	engineAllow(before.id, after.id)
}

// declared keeps what was declared, to refuse contradictions before the engine
// knows of them and to name the broken rule in a report.
var declared = declarations{after: map[uint32][]*Class{}, byName: map[string]*Class{}}

// declarations is guarded by mu, a plain sync.Mutex: our own locks must not be
// watched while they report.
type declarations struct {
	mu     sync.Mutex
	after  map[uint32][]*Class // declared successors
	byName map[string]*Class   // nil for a name that two classes share
}

func (d *declarations) register(c *Class) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, taken := d.byName[c.name]; taken {
		d.byName[c.name] = nil
		return
	}
	d.byName[c.name] = c
}

// add declares all of classes or none, and says why not.
func (d *declarations) add(classes []*Class) string {
	for i, c := range classes {
		if c == nil {
			return "Order with a nil class"
		}
		for _, later := range classes[i+1:] {
			if later == nil {
				continue
			}
			if path := d.path(later.id, c.id, map[uint32]bool{}); path != nil {
				return "Order: " + printable(c.name) + " before " + printable(later.name) +
					" contradicts the declared " + chain(append([]*Class{later}, path...))
			}
			if later.id == c.id {
				return "Order: " + printable(c.name) + " before itself"
			}
		}
	}
	for i := 1; i < len(classes); i++ {
		d.after[classes[i-1].id] = append(d.after[classes[i-1].id], classes[i])
	}
	return ""
}

// path returns the declared classes after from, up to to, or nil.
func (d *declarations) path(from, to uint32, seen map[uint32]bool) []*Class {
	seen[from] = true
	for _, next := range d.after[from] {
		if next.id == to {
			return []*Class{next}
		}
		if seen[next.id] {
			continue
		}
		if rest := d.path(next.id, to, seen); rest != nil {
			return append([]*Class{next}, rest...)
		}
	}
	return nil
}

func chain(classes []*Class) string {
	var text strings.Builder
	text.WriteString(printable(classes[0].name))
	for _, c := range classes[1:] {
		text.WriteString(" before " + printable(c.name))
	}
	return text.String()
}

// brokenRule names the declaration that a Violation breaks.
func brokenRule(r *Report) string {
	if r.Tier != Violation || len(r.Edges) == 0 {
		return ""
	}
	held, ok := r.Edges[0].held()
	if !ok {
		return ""
	}
	declared.mu.Lock()
	defer declared.mu.Unlock()
	holder, asked := declared.byName[held.Lock.Class], declared.byName[r.Edges[0].Want.Lock.Class]
	switch {
	case holder == nil || asked == nil:
		return ""
	case r.Kind == KindClassNesting:
		return holder.nested.String()
	}
	if path := declared.path(asked.id, holder.id, map[uint32]bool{}); path != nil {
		return chain(append([]*Class{asked}, path...))
	}
	return ""
}
