package engine

import (
	"github.com/interlock-go/interlock/internal/goroutine"
	"github.com/interlock-go/interlock/internal/quiet"
)

// Goroutine is a goroutine of which no more is known than that it exists, or did.
type Goroutine struct {
	r  *Record
	id uint64
}

// Running returns the running goroutine.
//
//go:norace
func Running() Goroutine {
	quiet.Begin()
	r := Enter()
	quiet.End()
	return Goroutine{r: r, id: r.goid}
}

// ID returns the goroutine's id, as in a dump.
//
//go:norace
func (g Goroutine) ID() uint64 { return g.id }

// Gone tells whether the goroutine has finished, also if its record is another's by now. In
// the portable way nobody can tell, and the answer is no.
//
//go:norace
func (g Goroutine) Gone() bool {
	return g.r.gp != nil && goroutine.Finished(g.r.gp, g.id)
}

// wakerSet is never changed: who looks at it holds no lock.
type wakerSet struct {
	all     []Goroutine
	doubted bool
}

// certain returns the wakers if they are all there are, else nil.
//
//go:norace
func (c *Condition) certain() *wakerSet {
	s := c.wakers.Load()
	if s == nil || s.doubted || len(s.all) == 0 {
		return nil
	}
	return s
}

//go:norace
func (s *wakerSet) has(g Goroutine) bool {
	for i := range s.all {
		if s.all[i] == g {
			return true
		}
	}
	return false
}

// with returns the set with g in it. Those that are gone do not matter beside g and are left out.
//
//go:norace
func (s *wakerSet) with(g Goroutine) *wakerSet {
	if s == nil {
		return &wakerSet{all: single(g)}
	}
	grown := make([]Goroutine, len(s.all)+1)
	k := 0
	for _, other := range s.all {
		if !other.Gone() {
			grown[k] = other
			k++
		}
	}
	grown[k] = g
	return &wakerSet{all: grown[:k+1], doubted: s.doubted}
}

//go:norace
func single(g Goroutine) []Goroutine {
	s := make([]Goroutine, 1)
	s[0] = g
	return s
}

//go:norace
func (s *wakerSet) without(g Goroutine) *wakerSet {
	left := make([]Goroutine, len(s.all))
	k := 0
	for _, other := range s.all {
		if other != g {
			left[k] = other
			k++
		}
	}
	return &wakerSet{all: left[:k], doubted: s.doubted}
}

// awake tells whether one of the wakers may act.
//
//go:norace
func (s *wakerSet) awake() bool {
	for i := range s.all {
		if g := &s.all[i]; g.r.waitsFor() == nil && !g.Gone() {
			return true
		}
	}
	return false
}

//go:norace
func wakersOf(s *wakerSet) []Waker {
	if s == nil {
		return nil
	}
	out := make([]Waker, len(s.all))
	for i := range s.all {
		out[i] = Waker{Goroutine: s.all[i].id, Gone: s.all[i].Gone()}
	}
	return out
}
