package engine

import (
	"sync/atomic"

	"github.com/interlock-go/interlock/internal/rule"
	"github.com/interlock-go/interlock/internal/waitgraph"
)

// walk copies the part of the wait-for graph that a blocked goroutine can reach, and asks
// package waitgraph whether it waits for ever. It is guarded by the wait list's lock.
//
// What is read of other goroutines is consistent because it is read twice: a member
// whose seq is the same in both passes, and whose wait nobody has ended, was blocked all the
// while between them, so there is an instant at which every member was blocked and held what the
// one before waits for, or was all that could wake it. None of them can go on by itself.
type walk struct {
	graph   waitgraph.Graph
	proof   waitgraph.Proof
	records []*Record // by node
	seqs    []uint32
	members []*Record
}

// search returns the goroutines that are blocked for ever together with r: first those of a
// cycle, r first, or one goroutine all of whose wakers are gone; then those beside it
// on which that depends. It returns nothing if r is not blocked for ever or only waits behind
// what has been told.
//
//go:norace
func (k *walk) search(w *waitList, r *Record) (members []*Record, cycle int) {
	k.graph.Reset()
	k.visit(r)
	for i := int32(0); int(i) < k.graph.Len(); i++ {
		if x := k.records[i]; x != nil {
			k.expand(w, i, x)
		}
	}
	k.graph.Solve()
	if !k.graph.Stuck(0) || !k.pick() {
		return nil, 0
	}
	if len(k.members) < len(k.proof.Members) {
		k.members = make([]*Record, len(k.records))
	}
	members = k.members[:len(k.proof.Members)]
	for i, n := range k.proof.Members {
		if !k.stands(n) {
			return nil, 0
		}
		members[i] = k.records[n]
	}
	return members, max(k.proof.Cycle, 1)
}

// pick proves the first node stuck, by a cycle through it. If it is on none, it waits behind
// somebody who is. That one's ring was told when it closed, unless it closed unseen: the last
// waker of somebody in it finished. Then it is told here.
//
//go:norace
func (k *walk) pick() bool {
	for i := int32(0); int(i) < k.graph.Len(); i++ {
		x := k.records[i]
		if x == nil || !k.graph.Stuck(i) || x.state&inRing != 0 {
			continue
		}
		k.graph.Prove(i, &k.proof)
		if k.proof.Cycle > 0 || len(k.proof.Members) == 1 {
			return true
		}
	}
	return false
}

// visit returns the node of a blocked goroutine. A record's mark leads to its node, if it has one.
//
//go:norace
func (k *walk) visit(x *Record) int32 {
	if i := x.mark; int(i) < k.graph.Len() && k.records[i] == x {
		return int32(i)
	}
	i := k.node(waitgraph.Runs)
	k.records[i] = x
	k.seqs[i] = atomic.LoadUint32(&x.seq)
	x.mark = uint32(i)
	return i
}

// node adds a node that stands for no record.
//
//go:norace
func (k *walk) node(s waitgraph.State) int32 {
	i := k.graph.Add(s)
	if int(i) == len(k.records) {
		records, seqs := make([]*Record, 2*i+16), make([]uint32, 2*i+16)
		for j := range k.records {
			records[j], seqs[j] = k.records[j], k.seqs[j]
		}
		k.records, k.seqs = records, seqs
	}
	k.records[i] = nil
	return i
}

// expand adds for whom node i waits.
//
//go:norace
func (k *walk) expand(w *waitList, i int32, x *Record) {
	if s := x.waitsOn(); s != nil {
		k.expandSignal(i, s.cond.certain())
		return
	}
	c := x.waitsFor()
	if c == nil {
		return
	}
	k.graph.Set(i, waitgraph.Locks)
	if o := c.Record(); o != nil && x.blockedBy(o) {
		k.graph.Wait(i, k.visit(o))
	}
	if x.waitKind == ForMutex || x.waitKind == ForOnce {
		return
	}
	for y := w.first; y != nil; y = y.mind.next {
		if x.blockedBy(y) {
			k.graph.Wait(i, k.visit(y))
		}
	}
}

// expandSignal adds the wakers. One that runs settles it.
//
//go:norace
func (k *walk) expandSignal(i int32, s *wakerSet) {
	if s == nil || s.awake() {
		return
	}
	k.graph.Set(i, waitgraph.Signals)
	gone := false
	for j := range s.all {
		if s.all[j].Gone() {
			gone = true
			continue
		}
		k.graph.Wait(i, k.visit(s.all[j].r))
	}
	if gone {
		k.graph.Wait(i, k.node(waitgraph.Gone))
	}
}

// stands is the second pass over a member. A condition's wakers cannot have changed: who
// changes them holds the list's lock.
//
//go:norace
func (k *walk) stands(n int32) bool {
	x := k.records[n]
	if atomic.LoadUint32(&x.seq) != k.seqs[n] {
		return false
	}
	if x.waitsOn() != nil {
		return true
	}
	return x.waitsFor() != nil && x.blockedBy(k.records[k.graph.Holder(n)])
}

// blockedBy tells whether x, which is blocked on a lock, cannot go on before y does, which is
// blocked too. A waiting writer stands in the way of a reader; so does, for the same
// writer to come, everybody who reads.
//
// It is no where somebody else might let y's lock go: that has happened to the lock
// before, is under way, or, when x waits for itself, x lives by such hand-offs.
//
//go:norace
func (x *Record) blockedBy(y *Record) bool {
	c := x.waitsFor()
	if c == nil || y.waitsFor() == nil {
		return false
	}
	id := c.identify()
	owned := y.held.Holds(id, rule.Write) || x.waitKind == ForWrite && y.held.Holds(id, rule.Read)
	if owned {
		return c.id.Load()&handed == 0 && !y.delivered() && (x != y || x.state&giver == 0)
	}
	return x.waitKind == ForRead && x != y && y.waitsFor() == c && y.waitKind == ForWrite
}
