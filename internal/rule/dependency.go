package rule

// Hold is a lock in a mode: held, or wanted.
type Hold struct {
	// Inst is the small non-zero number that the caller gave the lock instance.
	// In a dependency keyed by class, 0 says that several instances were seen.
	// A number is not given to another lock afterwards: a dependency keyed by
	// class may remember it for longer than the lock lives.
	Inst  uint32
	Class uint32 // declared class, 0 if none
	Mode  Mode
}

// DepID names a dependency of one Base. 0 is none. The id of a removed
// dependency is given out again.
type DepID uint32

const (
	maxGs  = len(Dep{}.Gs)
	manyGs = uint8(maxGs) + 1
)

// Dep is one dependency: somebody who held Held asked for Want by a call that
// may block. Only Ref is the caller's to change.
type Dep struct {
	Held   []Hold    // in the order in which they were first given to Intern
	Gs     [8]uint64 // the goroutines that asked
	Phases uint64    // bit set of the declared phases in which they asked
	Want   Hold
	Ref    uint32 // the caller's
	NG     uint8  // how many of Gs are used; 9: too many to tell apart

	flags    uint8
	dist     uint16 // valid for the search whose stamp it has, see search.go
	stamp    uint32
	node     uint32 // of Want
	first    uint32 // slot of Held[0]; the others follow by sibling
	chain    DepID  // next in the bucket of the interning table
	next     DepID  // next with the same wanted node
	prev     DepID
	nextInst DepID // next with a wanted node of the same class, see node.insts
	prevInst DepID
}

const (
	live uint8 = 1 << iota
	widened
	onPath
)

// slot is one held lock of a dependency, as a member of its node's list.
type slot struct {
	dep     DepID
	index   uint32 // in dep's Held
	node    uint32
	next    uint32
	prev    uint32
	sibling uint32 // slot of Held[index+1]
}

// node is a lock as the order graph sees it: a class, or an instance of a lock
// that has none or is nested in its own class.
//
// An instance node whose lock has a class has an edge to the class's node: who
// wants that instance also waits for whoever holds "some instance of the class".
// The inverse edge is left out. It would connect all instances of a class, and
// any cycle through it has a shortcut: if somebody wants some instance of the
// class while he holds none, and the cycle leaves the class by somebody who
// holds some instance and wants none, then the first waits for the last by class.
type node struct {
	key   uint64
	holds uint32 // first slot
	wants DepID  // first dependency that wants it
	insts DepID  // class node: first dependency that wants one instance of it
	class uint32 // instance node: node of its class, 0 if it has none
	refs  uint32 // slots, wanters and instance nodes that point here
	stamp uint32 // of the last search that expanded its wanters, see distance
	grade uint8  // what that search expanded
}

const classBit = 1 << 32

// wantKey is what the want of a dependency is matched by: the class, unless a
// held lock has the same one.
//
//go:norace
func wantKey(held []Hold, want Hold) uint64 {
	if want.Class == 0 {
		return uint64(want.Inst)
	}
	for i := range held {
		if held[i].Class == want.Class {
			return uint64(want.Inst)
		}
	}
	return classBit | uint64(want.Class)
}

// holdKey is what a held lock is matched by.
//
//go:norace
func holdKey(h, want Hold) uint64 {
	if h.Class == 0 || h.Class == want.Class {
		return uint64(h.Inst)
	}
	return classBit | uint64(h.Class)
}

//go:norace
func mix(key uint64, m Mode) uint64 {
	x := key<<1 | uint64(m)
	x = (x ^ x>>31) * 0x9e3779b97f4a7c15
	x = (x ^ x>>29) * 0xbf58476d1ce4e5b9
	return x ^ x>>32
}

// fingerprint is equal for equal dependencies. It is a sum over the held locks,
// because their order does not matter to the rule.
//
//go:norace
func fingerprint(held []Hold, want Hold) uint64 {
	sum := 3 * mix(wantKey(held, want), want.Mode)
	for i := range held {
		sum += mix(holdKey(held[i], want), held[i].Mode)
	}
	return sum
}

// conflict reports whether the two held sets share a lock that is not held for
// reading on both sides: no schedule has both held at once.
//
//go:norace
func conflict(d, e *Dep) bool {
	for i := range d.Held {
		h := d.Held[i]
		if h.Inst == 0 {
			continue
		}
		for j := range e.Held {
			if e.Held[j].Inst == h.Inst && (h.Mode == Write || e.Held[j].Mode == Write) {
				return true
			}
		}
	}
	return false
}
