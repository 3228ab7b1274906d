package safestate_test

import (
	"flag"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/safestate"
)

var decisions = flag.Int("decisions", 1_000_000/slowed, "how many random decisions to compare with the oracles")

// world is a state beside the matrix that it should equal.
type world struct {
	t       *testing.T
	r       *rand.Rand
	s       *safestate.State
	x       *matrix
	most    int // jobs
	kinds   int // resources in a claim, at most
	perm    bool
	made    int // decisions
	granted int
	unsafe  int
}

func newWorld(t *testing.T, r *rand.Rand, most int) *world {
	m := 1 + r.IntN(4)
	if r.IntN(4) == 0 {
		m = 1 + r.IntN(20)
	}
	total := make([]int64, m)
	for i := range total {
		total[i] = 2 + r.Int64N(int64(4+most/2))
	}
	w := &world{t: t, r: r, s: safestate.New(total), x: newMatrix(total), most: most, kinds: 1 + r.IntN(min(m, 4)), perm: most <= 6}
	if r.IntN(4) > 0 {
		w.s.SetBlockSize(1 + r.IntN(8))
		w.s.SetWorth(r.IntN(4))
	}
	w.s.SetPatience(r.IntN(40))
	return w
}

// below returns a random vector within limit, in at most kinds resources.
func (w *world) below(limit []int64) []int64 {
	q := make([]int64, len(limit))
	for range w.kinds {
		i := w.r.IntN(len(q))
		if limit[i] > 0 {
			q[i] = 1 + w.r.Int64N(min(limit[i], 3))
		}
		if limit[i] > 0 && w.r.IntN(6) == 0 {
			q[i] = limit[i]
		}
	}
	return q
}

func (w *world) some() safestate.Job { return w.x.jobs[w.r.IntN(len(w.x.jobs))] }

// step does something random to both and compares.
func (w *world) step() {
	op := w.r.IntN(100)
	switch {
	case len(w.x.jobs) == 0 || op < 15 && len(w.x.jobs) < w.most:
		claim := w.below(w.x.total)
		for i := range claim { // a good part of what there is
			if claim[i] > 0 && w.r.IntN(3) > 0 {
				claim[i] = 1 + w.r.Int64N(w.x.total[i])
			}
		}
		j, o := w.s.Register(amounts(w.r, claim))
		require.Equal(w.t, safestate.Granted, o)
		w.x.register(j, claim)
	case op < 80:
		w.acquire()
	case op < 83:
		j := w.some()
		q := w.below(w.x.held[j])
		require.Equal(w.t, safestate.Granted, w.s.Release(j, amounts(w.r, q)))
		w.x.take(j, q, -1)
	case op < 86:
		w.close()
	default:
		w.rare(op)
	}
}

func (w *world) acquire() {
	j := w.some()
	for range 8 { // preferably one that can ask for something that is there
		if slices.Max(w.x.need[j]) > 0 {
			break
		}
		j = w.some()
	}
	q := w.below(w.x.need[j])
	for i := range q {
		if w.r.IntN(4) > 0 {
			q[i] = min(q[i], w.x.free[i])
		}
	}
	if slices.Max(q) == 0 {
		return
	}
	if w.r.IntN(50) == 0 {
		q[w.r.IntN(len(q))]++
	}
	w.made++
	want := w.x.acquire(j, q, w.perm)
	got := w.s.Acquire(j, amounts(w.r, q))
	require.Equal(w.t, want, got, "decision %d", w.made)
	switch got {
	case safestate.Granted:
		w.granted++
	case safestate.Unsafe:
		w.unsafe++
	}
}

func (w *world) close() {
	j := w.some()
	back := make([]int64, len(w.x.total))
	w.s.Close(j, func(a safestate.Amount) { back[a.Resource] += a.Units })
	require.Equal(w.t, w.x.held[j], back)
	w.x.close(j)
}

// rare changes claims and capacity.
func (w *world) rare(op int) {
	j := w.some()
	switch {
	case op < 88:
		q := w.below(w.x.need[j])
		require.Equal(w.t, safestate.Granted, w.s.LowerClaim(j, amounts(w.r, q)))
		add(w.x.need[j], q, -1)
	case op < 95:
		q := w.below(w.x.total)
		want := safestate.Granted
		add(w.x.need[j], q, 1)
		if !covers(w.x.total, w.x.claimOf(j)) {
			want = safestate.OverCapacity
		} else if !w.x.safe(w.perm) {
			want = safestate.Unsafe
		}
		if want != safestate.Granted {
			add(w.x.need[j], q, -1)
		}
		require.Equal(w.t, want, w.s.RaiseClaim(j, amounts(w.r, q)))
	case op < 98:
		q := w.below(w.x.total)
		for i := range q {
			if w.x.total[i] > int64(4+w.most/2) {
				q[i] = 0 // scarce it must stay
			}
		}
		require.Equal(w.t, safestate.Granted, w.s.Grow(amounts(w.r, q)))
		add(w.x.total, q, 1)
		add(w.x.free, q, 1)
	default:
		q := w.below(w.x.total)
		require.Equal(w.t, w.shrink(q), w.s.Shrink(amounts(w.r, q)))
	}
}

func (w *world) shrink(q []int64) safestate.Outcome {
	add(w.x.total, q, -1)
	add(w.x.free, q, -1)
	want := safestate.Granted
	for _, j := range w.x.jobs {
		if !covers(w.x.total, w.x.claimOf(j)) {
			want = safestate.OverCapacity
		}
	}
	if want == safestate.Granted && !covers(w.x.free, make([]int64, len(q))) {
		want = safestate.Unavailable
	}
	if want == safestate.Granted && !w.x.safe(w.perm) {
		want = safestate.Unsafe
	}
	if want != safestate.Granted {
		add(w.x.total, q, 1)
		add(w.x.free, q, 1)
	}
	return want
}

// equal compares all that can be seen.
func (w *world) equal() {
	require.NoError(w.t, w.s.Invariants())
	for r := range w.x.total {
		require.Equal(w.t, w.x.total[r], w.s.Total(r))
		require.Equal(w.t, w.x.free[r], w.s.Free(r))
	}
	for _, j := range w.x.jobs {
		need, held := make([]int64, len(w.x.total)), make([]int64, len(w.x.total))
		for i := range w.s.Claim(j) {
			r, n, h := w.s.At(j, i)
			need[r], held[r] = n, h
		}
		require.Equal(w.t, w.x.need[j], need)
		require.Equal(w.t, w.x.held[j], held)
	}
}

// Every decision is the oracle's: that which tries all orders up to 6 jobs, and the
// textbook's up to 200.
func TestDecisionsEqualTheOracles(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	made, granted, unsafe, blocks := 0, 0, 0, 0
	for made < *decisions {
		most := 1 + r.IntN(6)
		switch k := r.IntN(40); {
		case k < 8:
			most = 7 + r.IntN(30)
		case k == 8:
			most = 40 + r.IntN(161)
		}
		w := newWorld(t, r, most)
		steps := 100 + 20*most
		for i := range steps {
			w.step()
			if i%64 == 0 {
				w.equal()
			}
		}
		w.equal()
		made += w.made
		granted += w.granted
		unsafe += w.unsafe
		blocks = max(blocks, w.s.Blocks())
	}
	t.Logf("%d decisions: %d granted, %d unsafe; up to %d blocks", made, granted, unsafe, blocks)
	require.Greater(t, unsafe, made/20)
	require.Greater(t, blocks, 5)
}
