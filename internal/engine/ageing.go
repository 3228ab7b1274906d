package engine

import (
	"github.com/interlock-go/interlock/internal/fingerprint"
	"github.com/interlock-go/interlock/internal/hashtable"
	"github.com/interlock-go/interlock/internal/rule"
)

// DefaultMaxOrders bounds the dependencies kept. At some 300 bytes each that is 20 MB.
const DefaultMaxOrders = 1 << 16

// ageing keeps the number of dependencies below a bound.
//
// Most programs have few places where locks are nested, and some of these places make
// new locks without end. So dependencies are grouped by the code they come from (their
// shape), and at the bound the groups above the average pay, in the order of a clock
// hand. A flood from one place can drive out only its own kind: what was learnt
// elsewhere, once, stays.
type ageing struct {
	max    int
	shapes hashtable.Table // shape → dependencies of that shape
	hand   rule.DepID
}

// staleEvery is after how many evictions the caches are emptied, so that an order that
// was dropped and is still in use is learnt again.
const staleEvery = 1 << 12

// SetMaxOrders sets the bound.
//
//go:norace
func SetMaxOrders(n int) {
	eng.mu.Lock()
	eng.ageing.max = n
	eng.mu.Unlock()
}

// age counts a new dependency and makes room for it if need be.
//
//go:norace
func (e *engine) age(dep rule.DepID) {
	a := &e.ageing
	d := &e.deps[dep]
	d.shape = fingerprint.Word(fingerprint.Word(7, uint64(d.stack)), uint64(d.sites))
	have, _ := a.shapes.Get(d.shape)
	a.shapes.Put(d.shape, have+1)
	limit := a.max
	if limit == 0 {
		limit = DefaultMaxOrders
	}
	for e.base.Len() > limit {
		e.evict(dep)
	}
}

// evict drops the next dependency whose shape has more than its share, but not keep.
//
//go:norace
func (e *engine) evict(keep rule.DepID) {
	a := &e.ageing
	share := uint32(e.base.Len() / a.shapes.Len())
	for {
		if a.hand = e.base.Next(a.hand); a.hand == 0 || a.hand == keep {
			continue
		}
		if n, _ := a.shapes.Get(e.deps[a.hand].shape); n >= share {
			break
		}
	}
	e.drop(a.hand)
	e.counters.Aged++
	if e.counters.Aged%staleEvery == 0 {
		forgetKnown()
	}
}

// drop forgets a dependency.
//
//go:norace
func (e *engine) drop(dep rule.DepID) {
	e.lose(dep)
	e.base.Remove(dep)
}

// lose takes a dependency out of its shape's count.
//
//go:norace
func (e *engine) lose(dep rule.DepID) {
	shape := e.deps[dep].shape
	if n, _ := e.ageing.shapes.Get(shape); n > 1 {
		e.ageing.shapes.Put(shape, n-1)
	} else {
		e.ageing.shapes.Delete(shape)
	}
	e.deps[dep] = depInfo{}
}
