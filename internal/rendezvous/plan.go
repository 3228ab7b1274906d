// Package rendezvous makes a predicted deadlock happen. A goroutine that holds the lock of
// one part of the cycle and is about to ask for the next is held up until a goroutine of
// every other part stands likewise, so that when all go on the ring closes: phase two of
// DeadlockFuzzer (Joshi, Park, Sen, Naik: A Randomized Dynamic Program Analysis Technique for
// Detecting Real Deadlocks, PLDI 2009). Where the paper lets a paused thread go when all others
// are paused, here each pause has a limit, since Go does not tell who is blocked on what.
package rendezvous

import (
	"encoding/json"
	"errors"
	"slices"
	"time"
)

// Plan says which cycle is to close, and how long goroutines may be held up for it.
type Plan struct {
	// Parts are the cycle: each waits for the next, the last for the first.
	Parts []Part `json:"parts"`
	// Limit bounds one pause, Budget the sum of all of them.
	Limit  time.Duration `json:"limit"`
	Budget time.Duration `json:"budget"`
	// Late is the part whose goroutines are held up before they take the lock that they are
	// to hold, too, at random; -1 for none. It lets those of the other parts get past an earlier use
	// of that lock.
	Late int `json:"late"`
	// Seed makes what is random another in each run.
	Seed uint64 `json:"seed"`
}

// Part is what one goroutine does. Any of the orders will do.
type Part struct {
	Orders []Order `json:"orders"`
	// Queued says that the part before waits behind this one, a writer, in the queue of
	// the lock that both want.
	Queued bool `json:"queued,omitempty"`
}

// Order is a lock held, and one asked for. A queued writer may hold nothing.
type Order struct {
	Held Place `json:"held"`
	Want Place `json:"want"`
}

// Place is where a lock is acquired, and how.
type Place struct {
	At   string `json:"at"` // FILE:LINE as in a graph file, "" for no lock
	Read bool   `json:"read,omitempty"`
}

// Lock is a lock that a goroutine holds or asks for.
type Lock struct {
	ID uint64 // tells it from others
	Place
}

// Parse reads a plan that was written as JSON.
func Parse(text []byte) (Plan, error) {
	p := Plan{Late: -1}
	if err := json.Unmarshal(text, &p); err != nil {
		return Plan{}, err
	}
	switch {
	case len(p.Parts) < 2:
		return Plan{}, errors.New("a plan has two parts at least")
	case p.Limit <= 0 || p.Budget < p.Limit:
		return Plan{}, errors.New("a plan has a limit above 0 and a budget for one pause at least")
	case p.Late >= len(p.Parts):
		return Plan{}, errors.New("the late part is none of the plan")
	}
	return p, nil
}

// Watches says whether asking for a lock at a place, in either mode, can be of interest.
func (p *Plan) Watches(at string) bool {
	for i, part := range p.Parts {
		if slices.ContainsFunc(part.Orders, func(o Order) bool {
			return o.Want.At == at || i == p.Late && o.Held.At == at
		}) {
			return true
		}
	}
	return false
}

// fit is a part that a request can play, with the locks.
type fit struct {
	part       int
	held, want uint64
}

// fits are the parts that a goroutine plays which asks for want with held in hand.
func (p *Plan) fits(held []Lock, want Lock) []fit {
	var all []fit
	for i, part := range p.Parts {
		for _, o := range part.Orders {
			if o.Want != want.Place {
				continue
			}
			if o.Held.At == "" {
				all = append(all, fit{part: i, want: want.ID})
			}
			for _, h := range held {
				if o.Held == h.Place && h.ID != want.ID {
					all = append(all, fit{i, h.ID, want.ID})
				}
			}
		}
	}
	return all
}

// late says whether want is the lock that the late part is to hold.
func (p *Plan) late(want Lock) bool {
	return p.Late >= 0 && slices.ContainsFunc(p.Parts[p.Late].Orders, func(o Order) bool { return o.Held == want.Place })
}

// meets says whether a waits for b, which plays the part after a's.
func (p *Plan) meets(a, b fit) bool {
	if p.Parts[b.part].Queued {
		return a.want == b.want
	}
	return a.want == b.held
}
