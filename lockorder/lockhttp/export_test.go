package lockhttp

import (
	"time"

	"github.com/interlock-go/interlock/lockorder"
)

// Rings are the deadlocks of a state that hold still.
var Rings = rings

// Spans is what events tell of a time.
var Spans = spans

// Looks is the memory of a page, with a clock of the test's.
type Looks struct{ looks }

// NewLooks returns a memory of nothing.
func NewLooks(now func() time.Time) *Looks { return &Looks{looks{now: now}} }

// Times are for how long the first wait and the first hold of a state are known after another look.
func (k *Looks) Times(s lockorder.State) (waited, seen, certain float64) {
	at := k.see(s)
	if len(s.Waits) > 0 {
		waited = k.waited(at, s.Waits[0])
	}
	if len(s.Held) > 0 {
		seen, certain = k.held(at, s.Held[0])
	}
	return waited, seen, certain
}

// Crowd is the memory of who is parked.
type Crowd struct{ crowd }

// Read returns when it was read last, after one more look.
func (c *Crowd) Read(now func() time.Time) time.Time {
	at, _ := c.read(now, lockorder.State{})
	return at
}
