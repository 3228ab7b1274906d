package safestate_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/interlock-go/interlock/internal/safestate"
)

// lemma calls check with many states that came about at random, with up to 20 jobs.
func lemma(t *testing.T, check func(t *rapid.T, w *world)) {
	rapid.Check(t, func(rt *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 5))
		w := newWorld(t, r, 2+r.IntN(19))
		for range 60 + r.IntN(60) {
			w.step()
		}
		if len(w.x.jobs) == 0 {
			w.step() // registers one
		}
		check(rt, w)
	})
}

// L0: a job that holds nothing cannot make a state unsafe.
func TestLemma0(t *testing.T) {
	lemma(t, func(t *rapid.T, w *world) {
		claim := w.below(w.x.total)
		j, o := w.s.Register(amounts(w.r, claim))
		require.Equal(t, safestate.Granted, o)
		w.x.register(j, claim)
		require.Empty(t, w.x.textbook())
		require.NoError(t, w.s.Invariants())
	})
}

// L1: if the whole need is free, any request within the claim is safe.
func TestLemma1(t *testing.T) {
	lemma(t, func(t *rapid.T, w *world) {
		for _, j := range w.x.jobs {
			if covers(w.x.free, w.x.need[j]) {
				q := w.below(w.x.need[j])
				require.Equal(t, safestate.Granted, w.x.acquire(j, q, false))
				w.x.take(j, q, -1)
				require.Equal(t, safestate.Granted, w.s.Probe(j, amounts(w.r, q)))
			}
		}
	})
}

// reaches lets jobs finish until p does, and tells whether it does.
func (x *matrix) reaches(p safestate.Job) bool { return !slices.Contains(x.textbook(), p) }

// L2: from a safe state it is enough to reach the one that asks.
func TestLemma2(t *testing.T) {
	lemma(t, func(t *rapid.T, w *world) {
		j := w.some()
		q := w.below(w.x.need[j])
		if covers(w.x.free, q) {
			w.x.take(j, q, 1)
			require.Equal(t, len(w.x.textbook()) == 0, w.x.reaches(j))
			w.x.take(j, q, -1)
		}
	})
}

// L3: a grant turns no refusal into a safe request.
func TestLemma3(t *testing.T) {
	lemma(t, func(t *rapid.T, w *world) {
		j, k := w.some(), w.some()
		q, more := w.below(w.x.need[j]), w.below(w.x.need[k])
		if j == k || w.s.Probe(j, amounts(w.r, q)) != safestate.Unsafe || w.s.Acquire(k, amounts(w.r, more)) != safestate.Granted {
			return
		}
		require.NotEqual(t, safestate.Granted, w.s.Probe(j, amounts(w.r, q)))
	})
}

// L4: a refusal stands until a member of the stuck set gives back: those who are not in it
// may give back all they hold.
func TestLemma4(t *testing.T) {
	lemma(t, func(t *rapid.T, w *world) {
		j := w.some()
		q := w.below(w.x.need[j])
		if !covers(w.x.free, q) || w.s.Probe(j, amounts(w.r, q)) != safestate.Unsafe {
			return
		}
		w.x.take(j, q, 1)
		stuck := w.x.textbook()
		w.x.take(j, q, -1)
		require.Contains(t, stuck, j)
		f := w.s.Explain(j, amounts(w.r, q))
		said := []safestate.Job{}
		for _, l := range f.Stuck {
			said = append(said, l.Job)
		}
		require.ElementsMatch(t, holders(w, stuck, j), said)
		for _, k := range slices.Clone(w.x.jobs) {
			if !slices.Contains(stuck, k) {
				w.s.Close(k, func(safestate.Amount) {})
			}
		}
		require.Equal(t, safestate.Unsafe, w.s.Probe(j, amounts(w.r, q)))
	})
}

// holders returns those of jobs that hold something, and j.
func holders(w *world, jobs []safestate.Job, j safestate.Job) (all []safestate.Job) {
	for _, k := range jobs {
		if k == j || slices.Max(w.x.held[k]) > 0 {
			all = append(all, k)
		}
	}
	return all
}

// L5: a grant keeps the order if and only if those before the job have the slack; and the
// job may be moved to the first place where it fits.
func TestLemma5(t *testing.T) {
	lemma(t, func(t *rapid.T, w *world) {
		order := slices.Collect(w.s.Order)
		if len(order) == 0 {
			return
		}
		p := order[w.r.IntN(len(order))]
		q := w.below(w.x.need[p])
		if !covers(w.x.free, q) {
			return
		}
		slack := w.slack(order, p, q)
		w.x.take(p, q, 1)
		require.Equal(t, slack, w.x.valid(order))
		w.x.take(p, q, -1)
		require.True(t, w.x.valid(forward(w.x, order, p)))
	})
}

// slack tells whether every job before p can do without q.
func (w *world) slack(order []safestate.Job, p safestate.Job, q []int64) bool {
	work := slices.Clone(w.x.free)
	for _, j := range order {
		if j == p {
			return true
		}
		for r := range work {
			if w.x.need[j][r] > 0 && work[r]-w.x.need[j][r] < q[r] {
				return false
			}
		}
		add(work, w.x.held[j], 1)
	}
	return true
}

func (x *matrix) valid(order []safestate.Job) bool {
	work := slices.Clone(x.free)
	for _, j := range order {
		if !covers(work, x.need[j]) {
			return false
		}
		add(work, x.held[j], 1)
	}
	return true
}

// forward returns order with p at the first place where its need is covered.
func forward(x *matrix, order []safestate.Job, p safestate.Job) []safestate.Job {
	work := slices.Clone(x.free)
	var moved []safestate.Job
	placed := false
	for _, j := range order {
		if !placed && covers(work, x.need[p]) {
			moved, placed = append(moved, p), true
		}
		if j != p {
			moved = append(moved, j)
			add(work, x.held[j], 1)
		}
	}
	if !placed {
		moved = append(moved, p)
	}
	return moved
}
