package rule

//lint:file-ignore S1001 copy is visible to the race detector

// emit copies the cycle of the first n dependencies in path to out.
//
//go:norace
func (b *Base) emit(n int, out *Result) {
	s := &b.find
	c := out.another()
	c.Tier = tierOf[s.level]
	if cap(c.Deps) < n {
		c.Deps, c.Via = make([]DepID, n), make([]int32, n)
	}
	c.Deps, c.Via = c.Deps[:n], c.Via[:n]
	for i := range n {
		c.Deps[i], c.Via[i] = s.path[i], s.vias[i]
	}
	c.Gates = c.Gates[:0]
	if s.level < gated {
		return
	}
	for i := range n {
		for j := i + 1; j < n; j++ {
			c.gate(b.dep(s.path[i]), b.dep(s.path[j]))
		}
	}
}

// another makes the next cycle of the result.
//
//go:norace
func (r *Result) another() *Cycle {
	n := len(r.Cycles)
	if n == cap(r.Cycles) {
		grown := make([]Cycle, n, 2*n+2)
		for i := range r.Cycles {
			grown[i] = r.Cycles[i]
		}
		r.Cycles = grown
	}
	r.Cycles = r.Cycles[:n+1]
	return &r.Cycles[n]
}

// gate adds the locks by which d and e exclude each other.
//
//go:norace
func (c *Cycle) gate(d, e *Dep) {
	for i := range d.Held {
		h := d.Held[i]
		if h.Inst == 0 || c.hasGate(h.Inst) {
			continue
		}
		for j := range e.Held {
			if e.Held[j].Inst == h.Inst && (h.Mode == Write || e.Held[j].Mode == Write) {
				c.addGate(h.Inst)
				break
			}
		}
	}
}

//go:norace
func (c *Cycle) hasGate(inst uint32) bool {
	for i := range c.Gates {
		if c.Gates[i] == inst {
			return true
		}
	}
	return false
}

//go:norace
func (c *Cycle) addGate(inst uint32) {
	n := len(c.Gates)
	if n == cap(c.Gates) {
		grown := make([]uint32, n, 2*n+2)
		for i := range c.Gates {
			grown[i] = c.Gates[i]
		}
		c.Gates = grown
	}
	c.Gates = c.Gates[:n+1]
	c.Gates[n] = inst
}
