package rule

//lint:file-ignore S1001 copy is visible to the race detector

// Intern returns the dependency of asking for want with held held, made if it is
// not known. Dependencies are equal if they have the same locks in the same
// modes, whatever the order of acquisition; a lock of a class stands for its
// class, unless held and wanted lock are of one class and so told apart by
// instance. If another instance of a class shows up in a dependency that is
// known, the hold's Inst becomes 0 and the next Saw says that it has changed.
//
// The base copies held. It accepts an empty held set: whoever wants an RWMutex
// for writing stops readers without holding anything.
//
//go:norace
func (b *Base) Intern(held []Hold, want Hold) (id DepID, isNew bool) {
	sum := fingerprint(held, want)
	if len(b.buckets) > 0 {
		for id = b.buckets[sum&uint64(len(b.buckets)-1)]; id != 0; id = b.dep(id).chain {
			d := b.dep(id)
			if equal(d, held, want) {
				b.widen(d, held, want)
				return id, false
			}
		}
	}
	return b.add(held, want, sum), true
}

// equal compares as multisets. Both sides nearly always have the same order.
//
//go:norace
func equal(d *Dep, held []Hold, want Hold) bool {
	if len(d.Held) != len(held) || d.Want.Mode != want.Mode || wantKey(d.Held, d.Want) != wantKey(held, want) {
		return false
	}
	for i := range held {
		if occurrences(d.Held, d.Want, held[i], want) != occurrences(held, want, held[i], want) {
			return false
		}
	}
	return true
}

// occurrences counts the holds in set, of a dependency that wants w, that have
// the key and mode of h in one that wants want.
//
//go:norace
func occurrences(set []Hold, w, h, want Hold) int {
	n := 0
	for i := range set {
		if set[i].Mode == h.Mode && holdKey(set[i], w) == holdKey(h, want) {
			n++
		}
	}
	return n
}

// widen forgets the instances by which a known dependency differs from what was
// seen. Of several holds of one class each must be the same instance as a hold
// of that class seen now; whatever else was seen, none of them is certain.
//
//go:norace
func (b *Base) widen(d *Dep, held []Hold, want Hold) {
	for i := range d.Held {
		h := &d.Held[i]
		if h.Inst == 0 || holdKey(*h, d.Want)&classBit == 0 {
			continue
		}
		found := false
		for j := range held {
			found = found || held[j].Inst == h.Inst && held[j].Mode == h.Mode
		}
		if !found {
			h.Inst = 0
			d.flags |= widened
		}
	}
	if d.Want.Inst != want.Inst {
		d.Want.Inst = 0
	}
}

//go:norace
func (b *Base) add(held []Hold, want Hold, sum uint64) DepID {
	if b.count >= len(b.buckets) {
		b.rehash()
	}
	id := b.newDep()
	d := b.dep(id)
	d.flags = live
	d.Want = want
	if len(held) > 0 {
		d.Held = make([]Hold, len(held))
		for i := range held {
			d.Held[i] = held[i]
		}
	}
	bucket := &b.buckets[sum&uint64(len(b.buckets)-1)]
	d.chain, *bucket = *bucket, id
	b.count++
	b.linkWant(id, d)
	b.linkHolds(id, d)
	return id
}

//go:norace
func (b *Base) newDep() DepID {
	if id := b.freeDep; id != 0 {
		b.freeDep = b.dep(id).chain
		return id
	}
	b.used++
	c := int(b.used >> chunkBits)
	if c == len(b.chunks) {
		if c == cap(b.chunks) {
			grown := make([]*chunk, c, 2*c+4)
			for i := range b.chunks {
				grown[i] = b.chunks[i]
			}
			b.chunks = grown
		}
		b.chunks = b.chunks[:c+1]
		b.chunks[c] = new(chunk)
	}
	return b.used
}

//go:norace
func (b *Base) rehash() {
	b.buckets = make([]DepID, max(2*len(b.buckets), 16))
	mask := uint64(len(b.buckets) - 1)
	for id := b.Next(0); id != 0; id = b.Next(id) {
		d := b.dep(id)
		bucket := &b.buckets[fingerprint(d.Held, d.Want)&mask]
		d.chain, *bucket = *bucket, id
	}
}

// Remove forgets dependency id, if there is one. The order graph stays as large
// as it was until enough was removed to rebuild it; that only costs searches.
//
//go:norace
func (b *Base) Remove(id DepID) {
	d := b.Get(id)
	if d == nil {
		return
	}
	bucket := &b.buckets[fingerprint(d.Held, d.Want)&uint64(len(b.buckets)-1)]
	for *bucket != id {
		bucket = &b.dep(*bucket).chain
	}
	*bucket = d.chain
	b.unlinkHolds(d)
	b.unlinkWant(id, d)
	*d = Dep{chain: b.freeDep}
	b.freeDep = id
	b.count--
	if s := b.graph.Stale(); s > 64 && s > b.graph.Len()/2 {
		b.graph.Rebuild()
	}
}
