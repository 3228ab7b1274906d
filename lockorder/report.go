package lockorder

// Report is one finding as a value: what was found, how certain it is, who
// takes part and what to change. It says everything by itself, so that it can
// be stored as JSON and printed elsewhere; it keeps no lock alive.
//
// The names of the JSON fields are stable.
type Report struct {
	Tier Tier `json:"tier"` // how certain it is
	Kind Kind `json:"kind"` // what was found
	// ID is a fingerprint: equal for the same finding in the same build.
	ID string `json:"id"`
	// Summary is the sentence of the first line of the text.
	Summary string `json:"summary"`
	// Edges has one entry for each goroutine. Edge i waits for edge i+1, the
	// last for the first.
	Edges []Edge `json:"edges"`
	// Knot are goroutines beside the ring that are blocked for ever too. Each
	// of them could otherwise end the wait of one that is in the ring or here.
	Knot []Edge `json:"knot,omitempty"`
	// Gates are the locks that all goroutines of a Guarded cycle hold.
	Gates []Lock `json:"gates,omitempty"`
	// Writers are the locks that must be locked for writing by somebody
	// before a NeedsWriter cycle deadlocks.
	Writers []Lock `json:"writers,omitempty"`
	// Rule is the declaration that a Violation breaks.
	Rule string `json:"rule,omitempty"`
	// Overlap is false if the goroutines were never seen at work at the same time.
	Overlap bool `json:"overlap"`
	// Refused says that a LockContext was refused with this cycle as its
	// error, so that the program goes on.
	Refused bool `json:"refused,omitempty"`
	// Provoked says that goroutines were held up to make it happen, as lockorder
	// test -confirm does.
	Provoked bool `json:"provoked,omitempty"`
	// Condition is the Coffman condition on which the finding turns: the one
	// that is broken already if Guarded or Ordered, else the one that the
	// first advice breaks. It is empty for what is no cycle.
	Condition Condition `json:"condition,omitempty"`
	// Why says how the goroutines come to wait, or why they cannot.
	Why string `json:"why"`
	// Advice lists what to change, the best first. One of them is enough.
	Advice []Advice `json:"advice,omitempty"`
}

// Advice is one way out.
type Advice struct {
	Breaks Condition `json:"breaks,omitempty"` // the condition that it removes
	Text   string    `json:"text"`             // what to do, in a sentence or two
}

// Edge is one goroutine's part: it held these and asked for that.
type Edge struct {
	Goroutine uint64 `json:"goroutine"`       // its id, as in a goroutine dump
	Phase     string `json:"phase,omitempty"` // declared phase in which it was seen
	// Held is everything held when it asked, in order of acquisition.
	Held []Hold `json:"held,omitempty"`
	// Want is what it asked for, with the stack of asking.
	Want Hold `json:"want"`
	// Via is the index in Held of the lock for which the edge before waits.
	// It is -1 if that edge waits because this one, a writer, stands before
	// it in the queue, or because this one could wake it.
	Via int `json:"via"`
	// Wakers are all that could end its wait, where it waits not for a lock but
	// for another goroutine to act.
	Wakers []Waker `json:"wakers,omitempty"`
	// State is what the runtime says of the goroutine, such as
	// "chan receive, 2 minutes"; only reports of long waits have it.
	State string `json:"state,omitempty"`
}

// Hold is a lock in a mode, and where it was acquired or asked for.
type Hold struct {
	Lock  Lock    `json:"lock"`            // which lock
	Read  bool    `json:"read,omitempty"`  // shared, as by RLock
	Stack []Frame `json:"stack,omitempty"` // where it was acquired or asked for, innermost call first
}

// Lock names one lock.
type Lock struct {
	ID    uint64 `json:"id"`              // small number of this instance, unique in the process
	Class string `json:"class,omitempty"` // declared class, or that of the source
	Type  string `json:"type"`            // "Mutex", "RWMutex", "Once", "Cond", …
}

// Frame is one line of a stack, inlined calls included.
type Frame struct {
	Func string `json:"func"` // full name of the function
	File string `json:"file"` // path as the compiler saw it
	Line int    `json:"line"` // counted from 1
}

// held returns the hold for which the edge before waits.
func (e Edge) held() (Hold, bool) {
	if e.Via < 0 || e.Via >= len(e.Held) {
		return Hold{}, false
	}
	return e.Held[e.Via], true
}

// next returns the edge for which edge i waits.
func (r *Report) next(i int) Edge { return r.Edges[(i+1)%len(r.Edges)] }
