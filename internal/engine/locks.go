package engine

import (
	"unsafe"

	"github.com/interlock-go/interlock/internal/hashtable"
)

// node is what the engine knows of one lock. A lock gets a node when it first takes part in an
// order, when it is given a class, or when it turns up in a report or a snapshot (see sweep.go);
// most locks of a program never do.
//
// A node does not keep its lock alive, and dies with it: a clean-up is bound to the
// lock. For a lock met only as an outer one there is no address to bind to, because
// held sets keep identities alone (an address would be a reference, or could
// dangle); its hold is marked and the binding made up for when it is released.
type node struct {
	id     uint64 // the lock's identity; 0: free
	number uint32 // what the rule and people know it by
	kind   Waiting
	site   uintptr // where it was first seen acquired or asked for
	class  uint32
	rank   int64
	addr   uintptr // of the lock, kept as a number; 0 if it was only met in held sets
	bound  bool    // a clean-up is bound, or about to be
	next   uint32  // index of another node that goes with this one; see bind.go

	ordered bool // it has taken part in an order
	used    bool // of a sweep: somebody holds it or waits for it
}

// lockTable finds nodes by lock identity, and by the number under which the rule knows
// the lock. Numbers are not used again while anything may remember them; they come
// round after four thousand million nodes.
type lockTable struct {
	byID     hashtable.Table
	byNumber hashtable.Table
	nodes    []node
	used     uint32 // nodes ever used; 0 is none
	free     []uint32
	nfree    int
	last     uint32 // number given last
}

// node returns the lock's node. Kind and site fill in what is not known yet.
//
//go:norace
func (t *lockTable) node(id uint64, kind Waiting, site uintptr) *node {
	i, ok := t.byID.Get(id)
	if !ok {
		i = t.alloc()
		t.nodes[i] = node{id: id, number: t.number(), site: site}
		t.byID.Put(id, i)
		t.byNumber.Put(uint64(t.nodes[i].number), i)
	}
	n := &t.nodes[i]
	if kind == NotWaiting {
		kind = typeOf(id)
	}
	if n.kind == NotWaiting {
		n.kind = kind
	}
	if n.site == 0 {
		n.site = site
	}
	return n
}

// wanted returns the node of the lock that q asks for.
//
//go:norace
func (t *lockTable) wanted(q *Request) *node {
	n := t.node(q.Core.identify(), q.For, q.PC)
	n.addr = uintptr(unsafe.Pointer(q.Core))
	return n
}

// numbered returns the node with a number, or nil if its lock is gone.
//
//go:norace
func (t *lockTable) numbered(number uint32) *node {
	if i, ok := t.byNumber.Get(uint64(number)); ok {
		return &t.nodes[i]
	}
	return nil
}

//go:norace
func (t *lockTable) number() uint32 {
	for {
		t.last++
		if t.last != 0 && t.numbered(t.last) == nil {
			return t.last
		}
	}
}

// alloc returns the index of an unused node. Nodes move when the table grows, so a
// *node is good only until the next one is made.
//
//go:norace
func (t *lockTable) alloc() uint32 {
	if t.nfree > 0 {
		t.nfree--
		return t.free[t.nfree]
	}
	if int(t.used)+1 >= len(t.nodes) {
		grown := make([]node, 2*len(t.nodes)+64)
		for i := range t.nodes {
			grown[i] = t.nodes[i]
		}
		t.nodes = grown
	}
	t.used++
	return t.used
}

// release frees the node of a lock that is gone.
//
//go:norace
func (t *lockTable) release(i uint32) {
	t.byID.Delete(t.nodes[i].id)
	t.byNumber.Delete(uint64(t.nodes[i].number))
	t.nodes[i] = node{}
	if t.nfree == len(t.free) {
		grown := make([]uint32, 2*t.nfree+32)
		for j, f := range t.free {
			grown[j] = f
		}
		t.free = grown
	}
	t.free[t.nfree] = i
	t.nfree++
}
