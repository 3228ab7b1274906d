package rule

import (
	"github.com/interlock-go/interlock/internal/hashtable"
	"github.com/interlock-go/interlock/internal/ordergraph"
)

// Base holds the dependencies of a program, each once, and finds the cycles
// among them. The zero value is empty and ready.
//
// It is not safe for concurrent use: the caller's lock guards it, Get's result
// included. Every function of it is norace and plain memory, see the race
// detector's note in package hashtable.
type Base struct {
	// Budget bounds the steps of one attempt of a search (one way back into the
	// dependency, one tier); 0 is DefaultBudget.
	Budget int
	// Truncated counts the attempts that ended at the budget: a cycle may have
	// been missed, or reported with a lesser tier.
	Truncated uint64

	chunks  []*chunk
	freeDep DepID // chain through Dep.chain
	used    DepID // highest id ever given out
	count   int

	buckets []DepID // interning: by fingerprint, chained through Dep.chain

	slots    []slot
	freeSlot uint32 // chain through slot.next
	usedSlot uint32

	nodes    []node
	freeNode uint32 // chain through node.refs
	usedNode uint32
	byKey    hashtable.Table // node.key → node
	graph    ordergraph.Graph

	find search
}

// Dependencies live in chunks so that growing never moves them: no copy of the
// whole, and no slack of half the memory.
const chunkBits = 6

type chunk [1 << chunkBits]Dep

//go:norace
func (b *Base) dep(id DepID) *Dep { return &b.chunks[id>>chunkBits][id&(1<<chunkBits-1)] }

// Get returns dependency id, nil if there is none. The pointer stays good until
// id is removed.
//
//go:norace
func (b *Base) Get(id DepID) *Dep {
	if id == 0 || id > b.used {
		return nil
	}
	if d := b.dep(id); d.flags&live != 0 {
		return d
	}
	return nil
}

// Len is the number of dependencies.
//
//go:norace
func (b *Base) Len() int { return b.count }

// Next returns the first dependency after id, 0 if there is none: iteration
// begins with Next(0). It may go on after id was removed.
//
//go:norace
func (b *Base) Next(id DepID) DepID {
	for id++; id <= b.used; id++ {
		if b.dep(id).flags&live != 0 {
			return id
		}
	}
	return 0
}

// Saw records that goroutine g asked by way of dependency id in the given phase
// (below 64), and says whether that can change the outcome of a search. The
// first eight goroutines are told apart; with the ninth the dependency counts as
// one that any goroutine may have. After an Intern that has widened a class's
// dependency to several instances it says true once.
//
//go:norace
func (b *Base) Saw(id DepID, g uint64, phase uint8) (changed bool) {
	d := b.Get(id)
	if d == nil {
		return false
	}
	changed = d.flags&widened != 0
	d.flags &^= widened
	if bit := uint64(1) << (phase & 63); d.Phases&bit == 0 {
		d.Phases |= bit
		changed = true
	}
	if d.NG == manyGs {
		return changed
	}
	for i := 0; i < int(d.NG); i++ {
		if d.Gs[i] == g {
			return changed
		}
	}
	if int(d.NG) < maxGs {
		d.Gs[d.NG] = g
	}
	d.NG++
	return true
}

// Universal reports whether so many goroutines have asked by way of dependency
// id that a further Saw can change nothing but the phases.
//
//go:norace
func (b *Base) Universal(id DepID) bool {
	d := b.Get(id)
	return d != nil && d.NG == manyGs
}

// RemoveInst removes every dependency in which the instance stands for itself,
// and says how many. Those keyed by its class stay: they are the class's.
// O(dependencies removed).
//
//go:norace
func (b *Base) RemoveInst(inst uint32) (removed int) {
	for {
		n, ok := b.byKey.Get(uint64(inst))
		if !ok {
			return removed
		}
		switch {
		case b.nodes[n].holds != 0:
			b.Remove(b.slots[b.nodes[n].holds].dep)
		default:
			b.Remove(b.nodes[n].wants)
		}
		removed++
	}
}
