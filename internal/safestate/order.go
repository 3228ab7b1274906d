package safestate

import (
	"math"
	"slices"
)

// order is a safe order of the holders, and of the pinned job, in blocks.
//
// While there is one block its bounds are not kept: every walk looks at its jobs.
type order struct {
	seq    []int32 // numbers of the blocks, in order
	blocks []block
	unused []int32
	bounds [][]bound // by resource and number of block
	size   int       // number of jobs
	least  int       // the smallest target
}

type block struct {
	jobs []Job
	rank int32 // its place in seq
}

// bound is what a block is for one resource.
type bound struct {
	held int64 // by the block's jobs together

	// slack is at most the least, over the block's jobs with a claim, of what the jobs
	// before it in the block hold less its need. A need of none counts too: it can grow.
	slack int64
}

// smallest is the size up to which there is one block: so few jobs are looked at one by
// one as quickly as bounds are kept.
const smallest = 64

// none is the slack of a block in which nobody claims the resource.
const none = math.MaxInt64

func (o *order) init(m int) { o.bounds, o.least = make([][]bound, m), smallest }

// target returns how many jobs a block should have: about √n, in steps that leave a state
// in which jobs come and go alone.
func (o *order) target() int {
	t := o.least
	for t*t < o.size && t < 256 {
		t *= 2
	}
	return t
}

func (o *order) many() bool { return len(o.seq) > 1 }

// newBlock puts an empty block at rank.
func (o *order) newBlock(rank int) int32 {
	var b int32
	if n := len(o.unused); n > 0 {
		b, o.unused = o.unused[n-1], o.unused[:n-1]
	} else {
		b = int32(len(o.blocks))
		o.blocks = append(o.blocks, block{})
		for r := range o.bounds {
			o.bounds[r] = append(o.bounds[r], bound{slack: none})
		}
	}
	o.seq = slices.Insert(o.seq, rank, b)
	o.rankFrom(rank)
	return b
}

func (o *order) rankFrom(rank int) {
	for i := rank; i < len(o.seq); i++ {
		o.blocks[o.seq[i]].rank = int32(i)
	}
}

// drop takes an empty block out.
func (o *order) drop(b int32) {
	rank := int(o.blocks[b].rank)
	o.seq = slices.Delete(o.seq, rank, rank+1)
	o.rankFrom(rank)
	o.blocks[b].rank = -1
	o.unused = append(o.unused, b)
	for r := range o.bounds {
		o.bounds[r][b] = bound{slack: none}
	}
}

// minus returns a-b, or the least number if that is below it: a bound may be too low.
func minus(a, b int64) int64 {
	if a < math.MinInt64+b {
		return math.MinInt64
	}
	return a - b
}

// grew notes that a job of block b got units: whoever comes after it has more slack, and
// the job itself no less.
func (o *order) grew(b, kind int32, units int64) {
	if b >= 0 && o.many() {
		o.bounds[kind][b].held += units
	}
}

// shrank notes that a job of block b gave units back.
func (o *order) shrank(b, kind int32, units int64) {
	if b >= 0 && o.many() {
		x := &o.bounds[kind][b]
		x.held -= units
		x.slack = minus(x.slack, units)
	}
}

// raised notes that a job of block b may need more.
func (o *order) raised(b int32, by []ask) {
	if b < 0 || !o.many() {
		return
	}
	for _, a := range by {
		x := &o.bounds[a.kind][b]
		// Nobody may have claimed it before.
		x.slack = min(minus(x.slack, a.units), -a.units)
	}
}

// place puts j into block b at index i. The slack of those behind it only grows.
func (s *State) place(j Job, b int32, i int) {
	o := &s.order
	x := &o.blocks[b]
	x.jobs = slices.Insert(x.jobs, i, j)
	s.jobs[j].block = b
	if s.jobs[j].at < 0 {
		s.enlist(j)
	}
	o.size++
	if o.many() {
		us, kinds := s.of(j)
		last := i == len(x.jobs)-1
		for e, u := range us {
			y := &o.bounds[kinds[e]][b]
			if last {
				y.slack = min(y.slack, y.held-u.need)
			} else {
				y.slack = min(y.slack, -u.need)
			}
			y.held += u.held
		}
	}
}

// first puts j at the head of the order.
func (s *State) first(j Job) {
	if len(s.order.seq) == 0 {
		s.order.newBlock(0)
	}
	b := s.order.seq[0]
	s.place(j, b, 0)
	s.divide(b)
}

// remove takes j out of the order.
func (s *State) remove(j Job) {
	b := s.takeOut(j)
	if len(s.order.blocks[b].jobs) == 0 {
		if s.order.many() { // the last one stays, for a state in which jobs come and go alone
			s.order.drop(b)
		}
	} else {
		s.join(b)
	}
}

// takeOut takes j out of its block, which may be left empty, and returns the block.
func (s *State) takeOut(j Job) int32 {
	o := &s.order
	b := s.jobs[j].block
	x := &o.blocks[b]
	i := slices.Index(x.jobs, j)
	x.jobs = slices.Delete(x.jobs, i, i+1)
	s.jobs[j].block = -1
	o.size--
	if o.many() {
		us, kinds := s.of(j)
		for e, u := range us {
			if u.held > 0 {
				o.shrank(b, kinds[e], u.held)
			}
		}
	}
	return b
}

// divide cuts block b in pieces if it has become too large.
func (s *State) divide(b int32) {
	o := &s.order
	t := o.target()
	if len(o.blocks[b].jobs) <= 2*t {
		return
	}
	for len(o.blocks[b].jobs) > 2*t {
		c := o.newBlock(int(o.blocks[b].rank) + 1)
		jobs := o.blocks[b].jobs
		at := max(len(jobs)-t, t)
		o.blocks[c].jobs = append(o.blocks[c].jobs[:0], jobs[at:]...)
		o.blocks[b].jobs = jobs[:at]
		for _, j := range o.blocks[c].jobs {
			s.jobs[j].block = c
		}
		s.tighten(c)
	}
	s.tighten(b)
}

// join appends block b to the one before it, or the next one to b, if both are small.
func (s *State) join(b int32) {
	o := &s.order
	rank := int(o.blocks[b].rank)
	if 4*len(o.blocks[b].jobs) > o.target() || !o.many() {
		return
	}
	if rank == 0 {
		rank = 1
	}
	a, b := o.seq[rank-1], o.seq[rank]
	if len(o.blocks[a].jobs)+len(o.blocks[b].jobs) > o.target() {
		return
	}
	for _, j := range o.blocks[b].jobs {
		s.jobs[j].block = a
	}
	o.blocks[a].jobs = append(o.blocks[a].jobs, o.blocks[b].jobs...)
	o.blocks[b].jobs = o.blocks[b].jobs[:0]
	o.drop(b)
	s.tighten(a)
}

// tighten makes the bounds of block b exact.
func (s *State) tighten(b int32) {
	o := &s.order
	for r := range o.bounds {
		o.bounds[r][b] = bound{slack: none}
	}
	for _, j := range o.blocks[b].jobs {
		us, kinds := s.of(j)
		for e, u := range us {
			x := &o.bounds[kinds[e]][b]
			x.slack = min(x.slack, x.held-u.need)
			x.held += u.held
		}
	}
}

// before tells whether a comes before b in the order; a must be in it, b need not be, and
// then comes last.
func (s *State) before(a, b Job) bool {
	x, y := s.jobs[a].block, s.jobs[b].block
	switch {
	case y < 0:
		return true
	case x != y:
		return s.order.blocks[x].rank < s.order.blocks[y].rank
	}
	jobs := s.order.blocks[x].jobs
	return slices.Index(jobs, a) < slices.Index(jobs, b)
}
