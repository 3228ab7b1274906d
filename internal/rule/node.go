package rule

//lint:file-ignore S1001 copy is visible to the race detector

// use returns the node of key, made if needed, with one more reference. class is
// the lock's declared class, 0 if it has none.
//
//go:norace
func (b *Base) use(key uint64, class uint32) uint32 {
	n, ok := b.byKey.Get(key)
	if !ok {
		n = b.newNode()
		b.nodes[n] = node{key: key}
		b.byKey.Put(key, n)
	}
	b.nodes[n].refs++
	if key&classBit == 0 && class != 0 && b.nodes[n].class == 0 {
		c := b.use(classBit|uint64(class), 0)
		b.nodes[n].class = c
		b.graph.Add(n, c)
	}
	return n
}

// release drops a reference, and with the last one the node.
//
//go:norace
func (b *Base) release(n uint32) {
	b.nodes[n].refs--
	if b.nodes[n].refs > 0 {
		return
	}
	class := b.nodes[n].class
	b.graph.RemoveNode(n)
	b.byKey.Delete(b.nodes[n].key)
	b.nodes[n] = node{refs: b.freeNode}
	b.freeNode = n
	if class != 0 {
		b.release(class)
	}
}

//go:norace
func (b *Base) newNode() uint32 {
	if n := b.freeNode; n != 0 {
		b.freeNode = b.nodes[n].refs
		return n
	}
	b.usedNode++
	if n := len(b.nodes); int(b.usedNode) >= n {
		grown := make([]node, n+n/2+8)
		for i := range b.nodes {
			grown[i] = b.nodes[i]
		}
		b.nodes = grown
	}
	return b.usedNode
}

//go:norace
func (b *Base) linkWant(id DepID, d *Dep) {
	d.node = b.use(wantKey(d.Held, d.Want), d.Want.Class)
	n := &b.nodes[d.node]
	if d.next = n.wants; d.next != 0 {
		b.dep(d.next).prev = id
	}
	n.wants = id
	if n.class == 0 {
		return
	}
	// A class that is declared later must not change what was linked: unlinkWant
	// looks at the links, not at the node's class.
	c := &b.nodes[n.class]
	if d.nextInst = c.insts; d.nextInst != 0 {
		b.dep(d.nextInst).prevInst = id
	}
	c.insts = id
}

//go:norace
func (b *Base) unlinkWant(id DepID, d *Dep) {
	n := &b.nodes[d.node]
	if d.next != 0 {
		b.dep(d.next).prev = d.prev
	}
	if d.prev != 0 {
		b.dep(d.prev).next = d.next
	} else {
		n.wants = d.next
	}
	if d.nextInst != 0 {
		b.dep(d.nextInst).prevInst = d.prevInst
	}
	if d.prevInst != 0 {
		b.dep(d.prevInst).nextInst = d.nextInst
	} else if n.class != 0 && b.nodes[n.class].insts == id {
		b.nodes[n.class].insts = d.nextInst
	}
	b.release(d.node)
}

// linkHolds makes a slot for each hold, and the edges from them to the want.
//
//go:norace
func (b *Base) linkHolds(id DepID, d *Dep) {
	for i := len(d.Held) - 1; i >= 0; i-- {
		n := b.use(holdKey(d.Held[i], d.Want), d.Held[i].Class)
		s := b.newSlot()
		first := b.nodes[n].holds
		b.slots[s] = slot{dep: id, index: uint32(i), node: n, next: first, sibling: d.first}
		if first != 0 {
			b.slots[first].prev = s
		}
		b.nodes[n].holds = s
		d.first = s
		b.graph.Add(n, d.node)
	}
}

//go:norace
func (b *Base) unlinkHolds(d *Dep) {
	for s := d.first; s != 0; {
		old := b.slots[s]
		if old.next != 0 {
			b.slots[old.next].prev = old.prev
		}
		if old.prev != 0 {
			b.slots[old.prev].next = old.next
		} else {
			b.nodes[old.node].holds = old.next
		}
		b.graph.RemoveEdge(old.node, d.node)
		b.release(old.node)
		b.slots[s] = slot{next: b.freeSlot}
		b.freeSlot = s
		s = old.sibling
	}
}

//go:norace
func (b *Base) newSlot() uint32 {
	if s := b.freeSlot; s != 0 {
		b.freeSlot = b.slots[s].next
		return s
	}
	b.usedSlot++
	if n := len(b.slots); int(b.usedSlot) >= n {
		grown := make([]slot, n+n/2+8)
		for i := range b.slots {
			grown[i] = b.slots[i]
		}
		b.slots = grown
	}
	return b.usedSlot
}
