package engine

import (
	"github.com/interlock-go/interlock/internal/goroutine"
	"github.com/interlock-go/interlock/internal/rule"
)

// Kind is what was found; the tier beside it says how certain it is.
type Kind uint8

const (
	Inversion     Kind = iota + 1 // locks taken in orders that form a cycle
	Self                          // a goroutine wants a lock that it holds itself
	Ring                          // blocked goroutines wait for one another
	DeclaredOrder                 // against lockorder.Order or a rank
	ClassNesting                  // two locks of a class nested against the class's rule
	WaitHolding                   // waits on a condition, buffer or allocator with a lock held
	HeldAtExit                    // a goroutine has finished and a lock that it took is still held
	LongWait                      // waited longer than the set threshold
)

// Finding is what the engine hands out. It is raw: program counters are not yet
// frames, and no sentence is formed. lockorder turns it into a Report.
type Finding struct {
	ID      uint64 // fingerprint: equal for the same finding in the same build
	Tier    rule.Tier
	Kind    Kind
	Edges   []Edge // one per goroutine; edge i waits for edge i+1, the last for the first
	Knot    []Edge // Ring: goroutines beside the ring that are blocked for ever too and else could wake one of it
	Gates   []Lock // Guarded: locks that the held sets share
	Overlap bool   // false: the goroutines were never seen at work at the same time
	Refused bool   // Deadlock: a LockContext was refused, so the program goes on
}

// Edge is one goroutine's part in a cycle: it held these and asked for that.
type Edge struct {
	Goroutine uint64
	Held      []Hold  // everything held when it asked, in order of acquisition
	Want      Hold    // what it asked for; Stack is where it asked
	Via       int     // index in Held of the lock that the previous edge wants; -1: a waiting writer stands in its way
	Phase     string  // declared phase in which it was seen, "" if none
	Wakers    []Waker // who alone could end its wait, if it waits for a condition and not for a lock
}

// Waker is a goroutine that could end a wait.
type Waker struct {
	Goroutine uint64
	Gone      bool // it has finished
}

// Hold is a lock in a mode, with the place where it was acquired or asked for.
// Stack has return addresses, innermost first; at least one, whole if it was taken.
type Hold struct {
	Lock  Lock
	Mode  rule.Mode
	Stack []uintptr
	Trace []goroutine.Frame // the whole stack, where it was read off a dump
}

// Lock names one lock.
type Lock struct {
	ID    uint64 // small number given to this instance when it was first nested
	Class string // declared class, "" if none
	Type  string // "Mutex", "RWMutex", "Once", "Cond", …
}
