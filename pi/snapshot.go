package pi

import (
	"cmp"
	"slices"
	"strconv"
)

// State is what a task is doing.
type State int

const (
	Ready   State = iota // waiting for a slot
	Running              // in a slot
	Waiting              // for a Mutex or a Semaphore
	Blocked              // in a Block
	Ended                // gone
)

var stateNames = [...]string{"ready", "running", "waiting", "blocked", "ended"}

// String returns the state in one word.
func (s State) String() string {
	if s < 0 || int(s) >= len(stateNames) {
		return "State(" + strconv.Itoa(int(s)) + ")"
	}
	return stateNames[s]
}

// Snapshot is an executor at one instant.
type Snapshot struct {
	Slots int         // how many tasks may run at a time
	Tasks []TaskState // all that have not ended, by number
}

// TaskState is one task of a snapshot.
type TaskState struct {
	ID              TaskID    // the task's number
	Name            string    // what SetName gave it
	Base, Effective Priority  // its priorities
	State           State     // what it is doing
	WaitsFor        LockRef   // what it waits for, if it does
	Lends           []LockRef // the mutexes that it holds and others wait for
}

// Snapshot returns all tasks with their priorities and what they wait for, at one instant. Mutexes that are
// held and that nobody waits for do not show.
func (e *Executor) Snapshot() Snapshot {
	e.mu.Lock()
	defer e.mu.Unlock()
	s := Snapshot{Slots: e.slots}
	for _, t := range e.tasks.places {
		if t != nil {
			s.Tasks = append(s.Tasks, t.snapshot())
		}
	}
	slices.SortFunc(s.Tasks, func(a, b TaskState) int { return cmp.Compare(a.ID, b.ID) })
	return s
}

func (t *Task) snapshot() TaskState {
	s := TaskState{ID: t.id, Name: t.name, Base: t.Base(), Effective: t.effective(), State: t.state}
	if t.semaphore != nil {
		s.WaitsFor = t.semaphore.ref()
	} else if l := t.node.WaitsFor(); l != nil {
		s.WaitsFor = l.Client.(*Mutex).ref()
	}
	for l := t.node.Held(); l != nil; l = l.Next() {
		s.Lends = append(s.Lends, l.Client.(*Mutex).ref())
	}
	return s
}
