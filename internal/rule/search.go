package rule

// Cycle is a set of dependencies that wait for one another: Deps[i] waits for
// Deps[i+1], the last for the first.
type Cycle struct {
	Tier Tier
	Deps []DepID
	// Via[i] is the index in Deps[i].Held of what the dependency before it wants;
	// -1 if that one is a reader and Deps[i] a writer that wants the same lock.
	Via   []int32
	Gates []uint32 // instances that the held sets share; at Guarded and Ordered only
}

// Result is what a search finds, best tier first, then shortest first. Its memory
// is used again by the next search that gets it.
type Result struct{ Cycles []Cycle }

// DefaultBudget is enough for every cycle of a program whose components have a
// few dozen dependencies, and keeps an attempt below a millisecond.
const DefaultBudget = 20_000

// passedPerStep is how many dependencies from which nothing leads to the target cost as much as a step: only
// their stamp is looked at. A lock under which a hundred thousand others were taken once has as many.
const passedPerStep = 64

// maxCycle bounds the length of a cycle, and so the depth of the recursion.
const maxCycle = 1024

// What an attempt tolerates; each level also tolerates what those before it do.
const (
	strict    = iota
	readers   // somebody waits for a reader by reading: needs a writer nobody has shown
	gated     // held sets that exclude each other
	unordered // equal goroutines, phases without overlap
	levels
)

var tierOf = [levels]Tier{strict: Potential, readers: NeedsWriter, gated: Guarded, unordered: Ordered}

// search is the state of one attempt: all cycles through target in which the
// dependency before it waits for target.Held[via], or for its writer.
type search struct {
	stamp  uint32
	target DepID
	via    int32
	level  int
	limit  int // length of the cycles looked for
	cut    int // least length that was out of reach
	steps  int
	passed int // dependencies passed over

	queue []DepID
	path  []DepID
	vias  []int32
	gs    []uint64 // the goroutine of path[i], so that all differ
	has   []bool   // false: path[i] needs none, any will do
	tried []uint32
	round uint32
}

// Search fills out with the cycles through dependency id that are worth a
// report: for each way back into it (each held lock that somebody waits for, and
// its waiting Lock) the best tier, and of that the shortest. Left out are cycles
// with a chord, because a part of them is a cycle by itself.
//
// O(1) if the wanted lock is on no cycle of the lock order. Otherwise each way
// back costs one breadth-first walk of the wanted lock's component and a search
// by iterative deepening (R. Korf, "Depth-First Iterative-Deepening", Artificial
// Intelligence 27, 1985) that the walk's distances lead, so that a ring of n
// sparse locks costs O(n) steps. Finding pairwise different goroutines and
// compatible held sets is NP-hard in general, hence the Budget.
//
//go:norace
func (b *Base) Search(id DepID, out *Result) {
	out.Cycles = out.Cycles[:0]
	d := b.Get(id)
	if d == nil || !b.graph.Cyclic(d.node) {
		return
	}
	if d.Want.Mode == Write {
		b.attempt(id, -1, d.node, out)
	}
	for s := d.first; s != 0; s = b.slots[s].sibling {
		n := b.slots[s].node
		if b.graph.Same(n, d.node) && !b.repeated(d, s) {
			b.attempt(id, int32(b.slots[s].index), n, out)
		}
	}
	for i := 1; i < len(out.Cycles); i++ {
		for j := i; j > 0 && better(&out.Cycles[j], &out.Cycles[j-1]); j-- {
			out.Cycles[j], out.Cycles[j-1] = out.Cycles[j-1], out.Cycles[j]
		}
	}
}

//go:norace
func better(c, than *Cycle) bool {
	return c.Tier < than.Tier || c.Tier == than.Tier && len(c.Deps) < len(than.Deps)
}

// repeated says whether an earlier hold of d is the same lock in the same mode:
// a lock read twice.
//
//go:norace
func (b *Base) repeated(d *Dep, s uint32) bool {
	h := d.Held[b.slots[s].index]
	for i := 0; i < int(b.slots[s].index); i++ {
		if d.Held[i] == h {
			return true
		}
	}
	return false
}

//go:norace
func (b *Base) attempt(id DepID, via int32, entry uint32, out *Result) {
	s := &b.find
	s.target, s.via = id, via
	b.distances(entry)
	if b.dep(id).stamp != s.stamp {
		return
	}
	for s.level = strict; s.level < levels; s.level++ {
		if n := b.deepen(); n > 0 {
			b.emit(n, out)
			return
		}
	}
}

// budget is the steps of an attempt.
//
//go:norace
func (b *Base) budget() int {
	if b.Budget > 0 {
		return b.Budget
	}
	return DefaultBudget
}

// deepen returns the length of the cycle that is in path then, 0 if there is
// none at this level.
//
//go:norace
func (b *Base) deepen() int {
	s := &b.find
	s.steps = b.budget()
	d := b.dep(s.target)
	if s.limit = int(d.dist); s.limit == 1 && b.waits(d, d, s.via) {
		s.reserve(1)
		s.path[0], s.vias[0] = s.target, s.via
		return 1
	}
	s.limit = max(s.limit, 2)
	if b.waitsAny(d, d) {
		return 0 // a cycle by itself is a chord in every longer one
	}
	for ; s.limit <= maxCycle; s.limit = s.cut {
		s.reserve(s.limit)
		s.cut = maxCycle + 1
		s.path[0], s.vias[0], s.has[0] = s.target, s.via, false
		if s.level < unordered && !b.seat(0) {
			return 0
		}
		d.flags |= onPath
		found := b.extend(1, d.Phases)
		d.flags &^= onPath
		if found {
			return s.limit
		}
		if s.steps < 0 {
			b.Truncated++
			return 0
		}
	}
	return 0
}

// extend looks for a cycle that begins with the n dependencies in path.
//
//go:norace
func (b *Base) extend(n int, phases uint64) bool {
	e := b.dep(b.find.path[n-1])
	if b.holders(e, e.node, n, phases) {
		return true
	}
	class := b.nodes[e.node].class
	if class != 0 && b.holders(e, class, n, phases) {
		return true
	}
	if e.Want.Mode == Write {
		return false
	}
	return b.writers(e, e.node, n, phases) || class != 0 && b.writers(e, class, n, phases)
}

// holders goes on to those who hold what e wants, as far as node has them.
//
//go:norace
func (b *Base) holders(e *Dep, node uint32, n int, phases uint64) bool {
	for s := b.nodes[node].holds; s != 0; s = b.slots[s].next {
		f := b.slots[s].dep
		if b.step(e, f, int32(b.slots[s].index), n, phases) {
			return true
		}
	}
	return false
}

// writers goes on to those who want for writing what e wants to read.
//
//go:norace
func (b *Base) writers(e *Dep, node uint32, n int, phases uint64) bool {
	for f := b.nodes[node].wants; f != 0; f = b.dep(f).next {
		if b.step(e, f, -1, n, phases) {
			return true
		}
	}
	return false
}

// step puts dependency id behind e, the last of path, and goes on from there, if
// it can be part of a cycle. What costs least is asked first.
//
//go:norace
func (b *Base) step(e *Dep, id DepID, via int32, n int, phases uint64) bool {
	s := &b.find
	if s.steps < 0 {
		return false
	}
	f := b.dep(id)
	if f.stamp != s.stamp {
		if s.passed++; s.passed%passedPerStep == 0 {
			s.steps--
		}
		return false
	}
	s.steps--
	if f.flags&onPath != 0 || !b.waits(e, f, via) {
		return false
	}
	phases &= f.Phases
	if s.level < unordered && phases == 0 {
		return false
	}
	if length := n + int(f.dist); length > s.limit {
		s.cut = min(s.cut, length)
		return false
	}
	if s.level < gated && b.excluded(f, n) || b.chord(f, n) {
		return false
	}
	s.path[n], s.vias[n], s.has[n] = id, via, false
	if s.level < unordered && !b.seat(n) {
		return false
	}
	found := false
	if target := b.dep(s.target); b.waitsAny(f, target) {
		found = n+1 == s.limit && b.waits(f, target, s.via)
	} else {
		f.flags |= onPath
		found = b.extend(n+1, phases)
		f.flags &^= onPath
	}
	s.has[n] = false
	return found
}
