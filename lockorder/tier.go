package lockorder

import "fmt"

// Tier says how certain a finding is. The order is from the gravest down.
// In text and JSON a tier is its name.
type Tier uint8

const (
	// Deadlock is happening: the ring has closed and nobody in it can go on.
	Deadlock Tier = iota + 1
	// Potential deadlocks under some schedule of what the goroutines did.
	Potential
	// NeedsWriter becomes a Potential as soon as somebody locks for writing
	// what the goroutines in it only read.
	NeedsWriter
	// Violation breaks a declared order, a rank or a class's rule for nesting.
	Violation
	// Guarded would be a Potential, but a gate lock that all of them hold
	// lets only one in at a time.
	Guarded
	// Ordered would be a Potential, but its parts were seen in one goroutine
	// only, or in phases that never run at once.
	Ordered
	// Hazard is suspicious and proves nothing.
	Hazard
)

var tierNames = [...]string{
	Deadlock: "deadlock", Potential: "potential", NeedsWriter: "needs-writer", Violation: "violation",
	Guarded: "guarded", Ordered: "ordered", Hazard: "hazard",
}

// String returns the name that text, JSON and INTERLOCK use.
func (t Tier) String() string {
	if t == 0 || int(t) >= len(tierNames) {
		return fmt.Sprintf("tier(%d)", uint8(t))
	}
	return tierNames[t]
}

// MarshalText returns the name of the tier.
func (t Tier) MarshalText() ([]byte, error) {
	if t == 0 || int(t) >= len(tierNames) {
		return nil, fmt.Errorf("lockorder: no tier has the number %d", uint8(t))
	}
	return []byte(tierNames[t]), nil
}

// UnmarshalText accepts the name of a tier.
func (t *Tier) UnmarshalText(text []byte) error {
	got, ok := tierNamed(string(text))
	if !ok {
		return fmt.Errorf("lockorder: no tier is named %q", text)
	}
	*t = got
	return nil
}

func tierNamed(name string) (Tier, bool) {
	for i := 1; i < len(tierNames); i++ {
		if tierNames[i] == name {
			return Tier(i), true
		}
	}
	return 0, false
}

// tierSet is a set of tiers, a bit for each.
type tierSet uint8

func tiersOf(tiers ...Tier) tierSet {
	var s tierSet
	for _, t := range tiers {
		s |= 1 << t
	}
	return s
}

func (s tierSet) has(t Tier) bool { return s&(1<<t) != 0 }

// failingTiers are those that fail a test or a CI run unless told otherwise,
// and those that are printed: what fails nobody's build must not fill a log.
var failingTiers = tiersOf(Deadlock, Potential, NeedsWriter, Violation)

// Kind is what was found. The tier beside it says how certain it is.
type Kind string

const (
	KindInversion     Kind = "inversion"      // locks taken in orders that form a cycle
	KindSelf          Kind = "self"           // a goroutine asks for a lock that it holds itself
	KindRing          Kind = "ring"           // blocked goroutines wait for one another
	KindDeclaredOrder Kind = "declared-order" // against [Order]
	KindClassNesting  Kind = "class-nesting"  // two locks of a class nested against its [Nesting]
	KindWaitHolding   Kind = "wait-holding"   // waits on a condition, buffer or allocator with a lock held
	KindHeldAtExit    Kind = "held-at-exit"   // a goroutine has finished and a lock that it took is still held
	KindLongWait      Kind = "long-wait"      // waited longer than the wait= of INTERLOCK
)

// Condition is one of the four conditions that must all hold for a deadlock
// (Coffman, Elphick and Shoshani 1971). Breaking any one of them is enough.
type Condition string

const (
	MutualExclusion Condition = "mutual exclusion" // a lock has one owner
	HoldAndWait     Condition = "hold and wait"    // a goroutine waits with locks in hand
	NoPreemption    Condition = "no pre-emption"   // a wait cannot be broken off
	CircularWait    Condition = "circular wait"    // each waits for the next, the last for the first
)
