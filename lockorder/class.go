package lockorder

// Class is a name for all locks that play one part, such as the locks of all
// accounts. Orders between classes are learnt from any of their locks and hold
// for all of them, so that an inversion is found even if the two locks in it
// never met. mutex.SetClass puts a lock into a class; a lock without one
// stands for itself.
//
// A class is made once, usually in a package variable, and never freed. Its methods may be called by several
// goroutines at once.
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

// ClassOption is an option of [NewClass]: one of the values of [Nesting].
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
	graphClass(c)
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
