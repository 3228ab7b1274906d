package pi

import (
	"strconv"
	"time"
)

// Observer is told what an executor does.
type Observer interface {
	// Observe is called with the executor's lock held, so that events arrive one by one and
	// in the order in which they took effect. It must be quick, must not call
	// the executor, its tasks or locks, and must not block.
	Observe(Event)
}

// EventKind says what happened.
type EventKind int

const (
	Admitted      EventKind = iota // the task exists and waits for a slot
	Dispatched                     // it has a slot
	Preempted                      // it gave its slot to a more urgent task and waits for one
	Departed                       // it left its slot for a Block
	Asked                          // it waits for Lock
	Acquired                       // it has Lock, with or without a wait; after a wait it now waits for a slot
	Stolen                         // Lock went to a more urgent task before it had a slot; it waits for Lock
	Cancelled                      // it gave up waiting for Lock and waits for a slot
	Released                       // it no longer has Lock
	Reprioritized                  // its effective priority has changed
	TaskEnded                      // it is gone
)

var kindNames = [...]string{
	"admitted", "dispatched", "preempted", "departed", "asked", "acquired", "stolen", "cancelled", "released",
	"reprioritized", "ended",
}

// String returns the kind in one word.
func (k EventKind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return "EventKind(" + strconv.Itoa(int(k)) + ")"
	}
	return kindNames[k]
}

// LockRef names a Mutex or Semaphore.
type LockRef struct {
	Number uint64 // from 1 in an executor, in the order of first use; 0 for none
	Name   string // what SetName gave it
}

// Event is one change of one task.
type Event struct {
	At              time.Time // when; with the monotonic clock
	Kind            EventKind // what
	Task            TaskID    // of whom
	Name            string    // what the task's SetName gave it
	Base, Effective Priority  // the task's, after the event
	Lock            LockRef   // of Asked, Acquired, Stolen and Released
	Units           int64     // of a Semaphore; 0 for a Mutex
}

// note tells the observer. The lock is held.
func (e *Executor) note(ev Event, t *Task) {
	if e.observer == nil {
		return
	}
	ev.At, ev.Task, ev.Name = time.Now(), t.id, t.name
	ev.Base, ev.Effective = t.Base(), Priority(t.node.Effective())
	e.observer.Observe(ev)
}
