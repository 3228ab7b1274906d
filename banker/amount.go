package banker

import (
	"fmt"

	"github.com/interlock-go/interlock/internal/safestate"
)

// Amount is a number of units of one resource.
type Amount struct {
	Resource string `json:"resource"` // its name
	Units    int64  `json:"units"`    // how many of it
}

// Of returns units of a resource as an Amount.
func Of(resource string, units int64) Amount { return Amount{resource, units} }

// String returns the amount as "gpu=2".
func (a Amount) String() string { return fmt.Sprintf("%s=%d", a.Resource, a.Units) }

// Capacity says how many units there are of each resource. What a unit stands for is the program's affair: a GPU, a
// megabyte, a licence.
type Capacity map[string]int64

// Claim is what a job may hold at most.
type Claim []Amount

// request turns amounts into b.req. Those of j are looked for where its claim has them,
// in the same order, so that most names are compared once.
func (b *Banker) request(j *Job, amounts []Amount) error {
	b.req = b.req[:0]
	for i := range amounts {
		a := &amounts[i]
		if a.Units < 0 {
			return ErrNegative
		}
		r := -1
		if j != nil && i < b.q.Claim(j.id) {
			r = b.q.Kind(j.id, i)
		}
		if r < 0 || b.names[r] != a.Resource {
			var known bool
			if r, known = b.index[a.Resource]; !known {
				return ErrUnknownResource
			}
		}
		b.req = append(b.req, safestate.Amount{Resource: r, Units: a.Units})
	}
	return nil
}

// failure returns the error of an outcome, or nil for Granted.
func failure(o safestate.Outcome) error {
	switch o {
	case safestate.Granted:
		return nil
	case safestate.Unavailable:
		return ErrUnavailable
	case safestate.Unsafe:
		return ErrUnsafe
	case safestate.Unfair:
		return ErrUnfair
	case safestate.OverClaim:
		return ErrOverClaim
	case safestate.OverCapacity:
		return ErrExceedsCapacity
	case safestate.OverRelease:
		return ErrOverRelease
	}
	return ErrOverflow
}
