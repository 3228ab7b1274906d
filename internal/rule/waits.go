package rule

// waits reports whether e waits for f by way of via, at this level.
//
//go:norace
func (b *Base) waits(e, f *Dep, via int32) bool {
	if via < 0 {
		return e.Want.Mode == Read && f.Want.Mode == Write && b.matches(e, f.node, f.Want.Inst)
	}
	h := f.Held[via]
	if e.Want.Mode == Read && h.Mode == Read && b.find.level < readers {
		return false
	}
	s := f.first
	for ; via > 0; via-- {
		s = b.slots[s].sibling
	}
	return b.matches(e, b.slots[s].node, h.Inst)
}

// waitsAny reports whether e waits for f in any way, at this level.
//
//go:norace
func (b *Base) waitsAny(e, f *Dep) bool {
	for s := f.first; s != 0; s = b.slots[s].sibling {
		h := f.Held[b.slots[s].index]
		if (e.Want.Mode == Write || h.Mode == Write || b.find.level >= readers) && b.matches(e, b.slots[s].node, h.Inst) {
			return true
		}
	}
	return b.waits(e, f, -1)
}

// matches reports whether e wants the lock of that node and instance: the node's,
// or one of the class that the node is, of which inst 0 means several.
//
//go:norace
func (b *Base) matches(e *Dep, n, inst uint32) bool {
	if e.node == n {
		return true
	}
	return b.nodes[e.node].class == n && (inst == 0 || inst == e.Want.Inst)
}

// excluded reports whether f's held set conflicts with one of the first n.
//
//go:norace
func (b *Base) excluded(f *Dep, n int) bool {
	for i := range n {
		if conflict(b.dep(b.find.path[i]), f) {
			return true
		}
	}
	return false
}

// chord reports whether f behind the n dependencies in path would wait for more
// than the next one, or somebody but the last for f: then some of them are a
// cycle without the others, or will be. Whether f waits for the target is not
// asked, because that may close the cycle.
//
//go:norace
func (b *Base) chord(f *Dep, n int) bool {
	for i := range n {
		e := b.dep(b.find.path[i])
		if i < n-1 && b.waitsAny(e, f) || i > 0 && b.waitsAny(f, e) {
			return true
		}
	}
	return b.waitsAny(f, f)
}
