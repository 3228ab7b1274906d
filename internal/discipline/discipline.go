// Package discipline is the locking discipline that a program declares: classes, the order and the nesting of
// classes, exemptions, and of which class the lock acquired at a place in the source is. It says whether an
// acquisition agrees with that.
package discipline

// Nest is a class's rule for holding one of its locks while asking for another.
type Nest uint8

// The rules.
const (
	Any     Nest = iota // no rule: instances are watched one by one
	None                // never
	Address             // in ascending order of address
	Rank                // in strictly ascending order of rank
)

// class is a set of locks that play the same part.
type class struct {
	name   string
	nest   Nest
	kind   uint32
	after  []uint32 // classes declared to come after this one
	exempt []uint32 // classes that may be asked for with this one held, whatever the order
}

// Classes are the declared classes by number; 0 is "no class". The zero value has none. It is not safe for
// concurrent use.
type Classes struct {
	all  []class
	last uint32 // number given last
	seen []bool // of a walk over after
}

// New returns the number of a new class.
//
//go:norace
func (c *Classes) New(name string, nest Nest) uint32 {
	c.last++
	if int(c.last) >= len(c.all) {
		grown := make([]class, 2*len(c.all)+16)
		for i := range c.all {
			grown[i] = c.all[i]
		}
		c.all, c.seen = grown, make([]bool, len(grown))
	}
	c.all[c.last] = class{name: name, nest: nest}
	return c.last
}

// Name returns a class's name, "" of no class.
//
//go:norace
func (c *Classes) Name(class uint32) string {
	if class == 0 {
		return ""
	}
	return c.all[class].name
}

// Kind returns what SetKind has said of the class.
//
//go:norace
func (c *Classes) Kind(class uint32) uint32 { return c.all[class].kind }

// SetKind keeps a number that tells what type the locks of a class have.
//
//go:norace
func (c *Classes) SetKind(class, kind uint32) { c.all[class].kind = kind }

// Order declares that locks of class before are taken before those of class after. It
// reports false, and declares nothing, if that would close a cycle of declarations.
//
//go:norace
func (c *Classes) Order(before, after uint32) bool {
	if c.precedes(after, before) {
		return false
	}
	c.all[before].after = with(c.all[before].after, after)
	return true
}

// Exempt declares that a lock of class wanted may be asked for with one of class held in hand.
//
//go:norace
func (c *Classes) Exempt(held, wanted uint32) {
	c.all[held].exempt = with(c.all[held].exempt, wanted)
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
func (c *Classes) precedes(a, b uint32) bool {
	if len(c.all[a].after) == 0 { // as all classes that come from the source
		return a == b
	}
	for i := range c.seen {
		c.seen[i] = false
	}
	return c.reach(a, b)
}

//go:norace
func (c *Classes) reach(a, b uint32) bool {
	if a == b {
		return true
	}
	c.seen[a] = true
	for _, next := range c.all[a].after {
		if !c.seen[next] && c.reach(next, b) {
			return true
		}
	}
	return false
}
