package lockorder

import (
	"sync"
)

// Class is a name for all locks that play one part, such as the locks of all
// accounts. Orders between classes are learnt from any of their locks and hold
// for all of them, so that an inversion is found even if the two locks in it
// never met. mutex.SetClass puts a lock into a class; a lock without one
// stands for itself.
//
// A class is made once, usually in a package variable, and never freed.
type Class struct {
	id     uint32
	rank   int64
	name   string
	nested Nesting
}

// Nesting says whether one goroutine may hold two locks of a class at once.
// It is an option of [NewClass].
type Nesting uint8

const (
	// NestAny learns the order of the locks inside the class one by one, and
	// reports two of them taken in both orders like locks without a class.
	// It is the default.
	NestAny Nesting = iota
	// NestNone makes every nesting inside the class a Violation.
	NestNone
	// NestByAddress allows nesting from the lower address to the higher: the
	// order of a program that compares pointers before it locks. mutex.LockAll
	// locks in that order.
	NestByAddress
	// NestByRank allows nesting from the lower rank to the higher, where a
	// lock's rank is that of [Class.Rank]. Two locks of equal rank do not
	// nest. It is the order of a program that compares numbers of its own,
	// such as an account's.
	NestByRank
)

var nestingNames = [...]string{"NestAny", "NestNone", "NestByAddress", "NestByRank"}

// String returns the name of the constant.
func (n Nesting) String() string {
	if int(n) < len(nestingNames) {
		return nestingNames[n]
	}
	return "Nesting(" + itoa(uint64(n)) + ")"
}

func (n Nesting) applyTo(c *Class) { c.nested = n }

// ClassOption is an option of [NewClass]. The values of [Nesting] are some.
type ClassOption interface{ applyTo(*Class) }

// NewClass makes a class. It panics if the name is empty or an option is not
// one of this package's. Classes with equal names stay different classes.
func NewClass(name string, opts ...ClassOption) *Class {
	if name == "" {
		panic("lockorder: NewClass with an empty name")
	}
	c := &Class{name: name}
	for _, o := range opts {
		o.applyTo(c)
	}
	if int(c.nested) >= len(nestingNames) {
		panic("lockorder: NewClass with an unknown " + c.nested.String())
	}
	c.id = engineNewClass(name, c.nested)
	declared.register(c)
	return c
}

// Rank returns the class for its lock with rank n, which matters for
// [NestByRank]: mutex.SetClass(&a.mu, accounts.Rank(a.number)).
func (c *Class) Rank(n int64) *Class {
	ranked := *c
	ranked.rank = n
	return &ranked
}

// String returns the name.
func (c *Class) String() string {
	if c == nil {
		return "<no class>"
	}
	return c.name
}

// Key returns the number of the class, which is never 0, and the rank given by
// [Class.Rank]. A nil class has 0. Primitives use it to file their locks.
func (c *Class) Key() (id uint32, rank int64) {
	if c == nil {
		return 0, 0
	}
	return c.id, c.rank
}

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
	text := printable(classes[0].name)
	for _, c := range classes[1:] {
		text += " before " + printable(c.name)
	}
	return text
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
