package safestate

import "fmt"

// SetBlockSize makes blocks small, so that few jobs have many.
func (s *State) SetBlockSize(n int) { s.order.least = n }

// SetWorth has refusals kept from n stuck jobs on.
func (s *State) SetWorth(n int) { s.worth = n }

// SetFew has members of refusals told up to n jobs.
func (s *State) SetFew(n int) { s.few = n }

// SetPatience makes cascades give up after n jobs.
func (s *State) SetPatience(n int) { s.fall.patience = n }

// Blocks returns the number of blocks.
func (s *State) Blocks() int { return len(s.order.seq) }

// Room returns how many entries of claims there is room for.
func (s *State) Room() int { return len(s.units) }

// Invariants returns what does not hold of s.
func (s *State) Invariants() error {
	work := append([]int64(nil), s.free...)
	size := 0
	seen := map[Job]bool{}
	for rank, b := range s.order.seq {
		x := &s.order.blocks[b]
		if int(x.rank) != rank || len(x.jobs) == 0 && s.order.many() {
			return fmt.Errorf("block %d has rank %d, should be %d, and %d jobs", b, x.rank, rank, len(x.jobs))
		}
		start := append([]int64(nil), work...)
		held := make([]int64, len(work))
		for _, j := range x.jobs {
			us, kinds := s.of(j)
			if s.jobs[j].block != b || seen[j] {
				return fmt.Errorf("job %d is in block %d, says %d, or twice", j, b, s.jobs[j].block)
			}
			if err := s.watched(j); err != nil {
				return err
			}
			seen[j] = true
			size++
			for e, u := range us {
				r := kinds[e]
				if u.need > work[r] {
					return fmt.Errorf("job %d needs %d of %d, there are %d", j, u.need, r, work[r])
				}
				if slack := work[r] - start[r] - u.need; s.order.many() && s.order.bounds[r][b].slack > slack {
					return fmt.Errorf("block %d: slack %d of %d is above job %d's %d", b, s.order.bounds[r][b].slack, r, j, slack)
				}
			}
			for e, u := range us {
				work[kinds[e]] += u.held
				held[kinds[e]] += u.held
			}
		}
		for r := range held {
			if s.order.many() && held[r] != s.order.bounds[r][b].held {
				return fmt.Errorf("block %d holds %d of %d, not %d", b, held[r], r, s.order.bounds[r][b].held)
			}
		}
	}
	for r, w := range work {
		if w != s.total[r] {
			return fmt.Errorf("resource %d: %d free or held, of %d", r, w, s.total[r])
		}
	}
	return s.membership(seen, size)
}

// watched returns what does not hold of j's place among the watchers.
func (s *State) watched(j Job) error {
	us, kinds := s.of(j)
	x := s.jobs[j]
	e := entry(kinds, int(x.watches), -1)
	if x.at < 0 || e < 0 {
		return fmt.Errorf("job %d watches %d, at %d", j, x.watches, x.at)
	}
	h := s.watchers[x.watches]
	if w := h[x.at]; w.job != j || w.need != us[e].need || h[(max(1, x.at)-1)/2].need > w.need {
		return fmt.Errorf("job %d needs %d, is %d of %v", j, us[e].need, x.at, h)
	}
	return nil
}

func (s *State) membership(seen map[Job]bool, size int) error {
	watching := 0
	for _, h := range s.watchers {
		watching += len(h)
	}
	if size != s.order.size || size != watching {
		return fmt.Errorf("%d jobs in the order, not %d", size, s.order.size)
	}
	for j := range s.jobs {
		us, _ := s.of(Job(j))
		holds := 0
		for _, u := range us {
			if u.held < 0 || u.need < 0 {
				return fmt.Errorf("job %d holds %d and needs %d", j, u.held, u.need)
			}
			if u.held > 0 {
				holds++
			}
		}
		if holds != int(s.jobs[j].holds) || (holds > 0 || Job(j) == s.pin) != seen[Job(j)] {
			return fmt.Errorf("job %d holds of %d resources, says %d, in the order: %v", j, holds, s.jobs[j].holds, seen[Job(j)])
		}
	}
	return nil
}

// Probe says what Acquire would say.
func (s *State) Probe(j Job, req []Amount) Outcome {
	if o := s.request(j, req); o != Granted {
		return o
	}
	us, _ := s.of(j)
	for _, a := range s.asks {
		if a.units > us[a.entry].need {
			return OverClaim
		}
		if a.units > s.free[a.kind] {
			return Unavailable
		}
	}
	return s.seek(j, false)
}

// Overtaken returns by how many grants the oldest waiter was overtaken.
func (q *Queue) Overtaken() int {
	if len(q.waiting) == 0 {
		return 0
	}
	return q.waiting[0].overtaken
}
