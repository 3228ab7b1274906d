// Package rule decides which recorded lock dependencies can deadlock.
//
// It is pure: it knows dependencies, not goroutines, clocks or stacks, so that
// tests can hold it against an oracle that explores every interleaving.
package rule

// Mode is how a lock is held or wanted.
type Mode uint8

const (
	Write Mode = iota // exclusive: Mutex.Lock, RWMutex.Lock
	Read              // shared: RWMutex.RLock
)

func (m Mode) String() string {
	if m == Read {
		return "RLock"
	}
	return "Lock"
}

// Tier says how certain a finding is. The order is from the gravest down.
type Tier uint8

const (
	Deadlock    Tier = iota + 1 // it is happening: the ring has closed
	Potential                   // the rule holds: some schedule deadlocks
	NeedsWriter                 // real as soon as somebody locks for writing what the cycle only reads
	Violation                   // a declared order, rank or baseline is broken
	Guarded                     // the held sets share a gate lock
	Ordered                     // seen from one goroutine only, or in different declared phases
	Hazard                      // suspicious, certain of nothing
)

var tierNames = [...]string{"none", "deadlock", "potential", "needs-writer", "violation", "guarded", "ordered", "hazard"}

func (t Tier) String() string {
	if int(t) < len(tierNames) {
		return tierNames[t]
	}
	return "unknown"
}
