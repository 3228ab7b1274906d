package safestate

// watcher is a job of the order that watches a resource of its claim.
type watcher struct {
	need int64 // what it needs of the resource
	job  Job
}

// watchers are those who watch one resource, a heap with the least need on top. As long
// as there are fewer units of it, none of them can finish (Holt, Computing Surveys 4(3),
// 1972, has them sorted, for all resources that a job needs; one is enough to know that
// nobody can).
type watchers []watcher

// enlist lets j, which comes into the order, watch the resource of which it lacks most.
func (s *State) enlist(j Job) {
	us, kinds := s.of(j)
	e, _ := most(us, kinds, s.free)
	s.watch(j, kinds[e], us[e].need)
}

// most returns the entry of which most is lacking beside have, or least is left, and how much.
func most(us []units, kinds []int32, have []int64) (entry int, lack int64) {
	lack = us[0].need - have[kinds[0]]
	for e := 1; e < len(us); e++ {
		if l := us[e].need - have[kinds[e]]; l > lack {
			entry, lack = e, l
		}
	}
	return entry, lack
}

// watch puts j under resource r.
func (s *State) watch(j Job, r int32, need int64) {
	s.jobs[j].watches = r
	s.watchers[r] = append(s.watchers[r], watcher{need, j})
	s.rise(r, len(s.watchers[r])-1)
}

// unwatch takes j from under its resource.
func (s *State) unwatch(j Job) {
	x := &s.jobs[j]
	h := s.watchers[x.watches]
	i, last := int(x.at), len(h)-1
	h[i] = h[last]
	s.watchers[x.watches] = h[:last]
	x.at = -1
	if i < last {
		s.jobs[h[i].job].at = int32(i)
		s.sift(x.watches, i)
	}
}

// needs notes what j needs of resource r after a change.
func (s *State) needs(j Job, r int32, need int64) {
	if x := &s.jobs[j]; x.at >= 0 && x.watches == r {
		s.watchers[r][x.at].need = need
		s.sift(r, int(x.at))
	}
}

func (s *State) sift(r int32, i int) {
	h := s.watchers[r]
	if i > 0 && h[i].need < h[(i-1)/2].need {
		s.rise(r, i)
	} else {
		s.sink(r, i)
	}
}

func (s *State) rise(r int32, i int) {
	h := s.watchers[r]
	x := h[i]
	for i > 0 {
		up := (i - 1) / 2
		if h[up].need <= x.need {
			break
		}
		h[i] = h[up]
		s.jobs[h[i].job].at = int32(i)
		i = up
	}
	h[i] = x
	s.jobs[x.job].at = int32(i)
}

func (s *State) sink(r int32, i int) {
	h := s.watchers[r]
	x := h[i]
	for {
		down := 2*i + 1
		if down >= len(h) {
			break
		}
		if down+1 < len(h) && h[down+1].need < h[down].need {
			down++
		}
		if h[down].need >= x.need {
			break
		}
		h[i] = h[down]
		s.jobs[h[i].job].at = int32(i)
		i = down
	}
	h[i] = x
	s.jobs[x.job].at = int32(i)
}
