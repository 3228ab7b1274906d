package lockorder

// State is what is known at one moment, as a value: for a debug page, a
// test or a drawing. Its JSON has stable names. The parts are read one after
// the other while the program runs, so they may differ by a few operations.
type State struct {
	Locks    []Lock       `json:"locks"`    // that have been nested, and still exist
	Orders   []Dependency `json:"orders"`   // learnt so far
	Waits    []Wait       `json:"waits"`    // who waits for whom now
	Held     []HeldLock   `json:"held"`     // who holds what now
	Findings []Finding    `json:"findings"` // silenced ones included
	Stats    Stats        `json:"stats"`    // what the detector has done and could not do
}

// Dependency is an order in which locks were taken: a goroutine that held
// these asked for that.
type Dependency struct {
	Goroutine uint64 `json:"goroutine"` // the first that did so
	Held      []Hold `json:"held"`      // what was held, in order of acquisition
	Want      Hold   `json:"want"`      // what was asked for then
	Count     uint64 `json:"count"`     // how often it was looked at; a known order costs no look
}

// Wait is a goroutine that is blocked now.
type Wait struct {
	Goroutine uint64   `json:"goroutine"`         // the one that waits
	Want      Hold     `json:"want"`              // what it waits for
	Holders   []uint64 `json:"holders,omitempty"` // goroutines for which it waits
	// Wakers are all that could end the wait, where it is not for a lock but for another
	// goroutine to act. It is empty if they are not known.
	Wakers []Waker `json:"wakers,omitempty"`
	// Seq counts the waits of the goroutine: equal in two snapshots, it has
	// waited all the time.
	Seq uint64 `json:"seq"`
}

// HeldLock is a lock that is held now.
type HeldLock struct {
	Goroutine uint64 `json:"goroutine"` // that locked it
	Finished  bool   `json:"finished"`  // the goroutine has ended
	Hold      Hold   `json:"hold"`      // the lock, and where it was acquired
}

// Finding is a report and what has become of it.
type Finding struct {
	Report   Report `json:"report"`   // as it was given to the handler
	Repeats  uint64 `json:"repeats"`  // seen again, without another report
	Silenced bool   `json:"silenced"` // by Ignore
}

// Stats counts what the detector does, and what it had to leave out.
type Stats struct {
	Dependencies uint64 `json:"dependencies"` // recorded so far
	Aged         uint64 `json:"aged"`         // given up at the memory bound, the oldest first
	Truncated    uint64 `json:"truncated"`    // searches for cycles that were cut short
}

// Snapshot reads the state of the detector. It takes a while, as long as
// there are orders, and stops nobody for long. [Parked] has the waits of which the detector keeps nothing.
func Snapshot() State {
	s := engineState()
	again := engineRepeats()
	findings.mu.Lock()
	for _, rec := range findings.list {
		s.Findings = append(s.Findings, Finding{Report: rec.report, Repeats: rec.repeats + again[rec.report.ID]})
	}
	findings.mu.Unlock()
	for i := range s.Findings {
		s.Findings[i].Silenced = silenced(&s.Findings[i].Report)
	}
	return s
}
