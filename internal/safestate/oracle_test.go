package safestate_test

import (
	"math/rand/v2"
	"slices"

	"github.com/interlock-go/interlock/internal/safestate"
)

// matrix is the state as the textbook has it.
type matrix struct {
	total, free []int64
	need, held  map[safestate.Job][]int64
	jobs        []safestate.Job // registered, in order of registration
}

func newMatrix(total []int64) *matrix {
	return &matrix{
		total: slices.Clone(total), free: slices.Clone(total),
		need: map[safestate.Job][]int64{}, held: map[safestate.Job][]int64{},
	}
}

func covers(have, need []int64) bool {
	for r := range need {
		if need[r] > have[r] {
			return false
		}
	}
	return true
}

func add(to, by []int64, sign int64) {
	for r := range by {
		to[r] += sign * by[r]
	}
}

// textbook is the safety algorithm of Silberschatz, restarting after each pass: those
// jobs that cannot finish.
func (x *matrix) textbook() (stuck []safestate.Job) {
	work := slices.Clone(x.free)
	stuck = slices.Clone(x.jobs)
	for again := true; again; {
		again = false
		left := stuck[:0]
		for _, j := range stuck {
			if covers(work, x.need[j]) {
				add(work, x.held[j], 1)
				again = true
			} else {
				left = append(left, j)
			}
		}
		stuck = left
	}
	return stuck
}

// permutation tells whether some order of the jobs lets each finish, by trying them all.
func (x *matrix) permutation() bool {
	return permute(slices.Clone(x.free), x, slices.Clone(x.jobs))
}

func permute(work []int64, x *matrix, rest []safestate.Job) bool {
	if len(rest) == 0 {
		return true
	}
	for i, j := range rest {
		if covers(work, x.need[j]) {
			next := slices.Clone(work)
			add(next, x.held[j], 1)
			if permute(next, x, slices.Delete(slices.Clone(rest), i, i+1)) {
				return true
			}
		}
	}
	return false
}

// safe asks the oracle that the number of jobs allows.
func (x *matrix) safe(permutations bool) bool {
	if permutations && len(x.jobs) <= 6 {
		return x.permutation()
	}
	return len(x.textbook()) == 0
}

func (x *matrix) take(j safestate.Job, q []int64, sign int64) {
	add(x.free, q, -sign)
	add(x.held[j], q, sign)
	add(x.need[j], q, -sign)
}

// acquire decides as the textbook does and keeps the request if it is granted.
func (x *matrix) acquire(j safestate.Job, q []int64, permutations bool) safestate.Outcome {
	switch {
	case !covers(x.need[j], q):
		return safestate.OverClaim
	case !covers(x.free, q):
		return safestate.Unavailable
	}
	x.take(j, q, 1)
	if !x.safe(permutations) {
		x.take(j, q, -1)
		return safestate.Unsafe
	}
	return safestate.Granted
}

func (x *matrix) claimOf(j safestate.Job) []int64 {
	c := slices.Clone(x.need[j])
	add(c, x.held[j], 1)
	return c
}

func (x *matrix) register(j safestate.Job, claim []int64) {
	x.jobs = append(x.jobs, j)
	x.need[j] = slices.Clone(claim)
	x.held[j] = make([]int64, len(claim))
}

func (x *matrix) close(j safestate.Job) {
	add(x.free, x.held[j], 1)
	delete(x.need, j)
	delete(x.held, j)
	x.jobs = slices.DeleteFunc(x.jobs, func(k safestate.Job) bool { return k == j })
}

// amounts turns a vector into a request in random order, now and then with a resource
// in two parts.
func amounts(r *rand.Rand, q []int64) []safestate.Amount {
	var req []safestate.Amount
	for i, n := range q {
		if n > 1 && r.IntN(8) == 0 {
			req = append(req, safestate.Amount{Resource: i, Units: 1})
			n--
		}
		if n > 0 || r.IntN(8) == 0 {
			req = append(req, safestate.Amount{Resource: i, Units: n})
		}
	}
	r.Shuffle(len(req), func(i, j int) { req[i], req[j] = req[j], req[i] })
	return req
}
