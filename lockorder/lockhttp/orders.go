package lockhttp

import (
	"cmp"
	"slices"
	"time"

	"github.com/interlock-go/interlock/lockorder"
)

// Orders is in which order locks are taken, and what was found in that.
type Orders struct {
	At       time.Time              `json:"at"`       // of the look
	Findings []lockorder.Finding    `json:"findings"` // the gravest first, silenced ones last
	Locks    []lockorder.Lock       `json:"locks"`    // that have been nested, and still exist
	Orders   []lockorder.Dependency `json:"orders"`   // learnt so far
	Stats    lockorder.Stats        `json:"stats"`    // what the detector has done and could not do
}

func (l *live) orders() Orders {
	at, s := l.snapshot()
	o := Orders{at, slices.Concat([]lockorder.Finding{}, s.Findings), slices.Concat([]lockorder.Lock{}, s.Locks), slices.Concat([]lockorder.Dependency{}, s.Orders), s.Stats}
	slices.SortStableFunc(o.Findings, func(a, b lockorder.Finding) int {
		return cmp.Or(falseFirst(a.Silenced, b.Silenced), cmp.Compare(a.Report.Tier, b.Report.Tier))
	})
	return o
}
