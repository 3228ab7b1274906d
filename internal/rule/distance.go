package rule

//lint:file-ignore S1001 copy is visible to the race detector

// What of a node's wanters a walk has reached already.
const (
	readWanters uint8 = iota + 1
	allWanters
)

// distances stamps every dependency from which a chain leads to the target's
// entry, with the least number of dependencies in it, itself included. Modes,
// goroutines, gates and instances are ignored, so it never exceeds the length of
// a real chain. The target's own distance is that of the shortest cycle.
//
//go:norace
func (b *Base) distances(entry uint32) {
	s := &b.find
	if s.stamp++; s.stamp == 0 { // wrapped: old stamps would count as fresh ones
		for id := DepID(1); id <= b.used; id++ {
			b.dep(id).stamp = 0
		}
		for i := range b.nodes {
			b.nodes[i].stamp = 0
		}
		s.stamp = 1
	}
	s.queue = s.queue[:0]
	s.steps = 8 * b.budget()
	component := b.dep(s.target).node
	if s.via < 0 {
		b.reach(entry, readWanters, 1, component)
	} else {
		b.reach(entry, allWanters, 1, component)
	}
	for i := 0; i < len(s.queue); i++ {
		if s.queue[i] == s.target {
			continue
		}
		f := b.dep(s.queue[i])
		if f.dist > maxCycle {
			return
		}
		for sl := f.first; sl != 0; sl = b.slots[sl].sibling {
			if n := b.slots[sl].node; b.graph.Same(n, component) {
				b.reach(n, allWanters, f.dist+1, component)
			}
		}
		if f.Want.Mode == Write {
			b.reach(f.node, readWanters, f.dist+1, component)
		}
	}
	if s.steps < 0 {
		b.Truncated++
	}
}

// reach gives those who want node n, which are in the component, a distance.
//
//go:norace
func (b *Base) reach(n uint32, grade uint8, dist uint16, component uint32) {
	s := &b.find
	at := &b.nodes[n]
	if at.stamp == s.stamp && at.grade >= grade {
		return
	}
	at.stamp, at.grade = s.stamp, grade
	for id := at.wants; id != 0; id = b.dep(id).next {
		b.enqueue(id, grade, dist, component)
	}
	for id := at.insts; id != 0; id = b.dep(id).nextInst {
		b.enqueue(id, grade, dist, component)
	}
}

//go:norace
func (b *Base) enqueue(id DepID, grade uint8, dist uint16, component uint32) {
	s := &b.find
	e := b.dep(id)
	if s.steps--; s.steps < 0 || e.stamp == s.stamp || grade == readWanters && e.Want.Mode == Write {
		return
	}
	if !b.graph.Same(e.node, component) {
		return
	}
	e.stamp, e.dist = s.stamp, dist
	n := len(s.queue)
	if n == cap(s.queue) {
		grown := make([]DepID, n, 2*n+16)
		for i := range s.queue {
			grown[i] = s.queue[i]
		}
		s.queue = grown
	}
	s.queue = s.queue[:n+1]
	s.queue[n] = id
}
