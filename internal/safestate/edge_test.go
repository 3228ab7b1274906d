package safestate_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/safestate"
)

const (
	granted = safestate.Granted
	most    = math.MaxInt64
)

// member registers a job that claims and holds, each given as units by resource.
func member(t *testing.T, s *safestate.State, claim, held []int64) safestate.Job {
	t.Helper()
	j, o := s.Register(vector(claim))
	require.Equal(t, granted, o)
	require.Equal(t, granted, s.Acquire(j, vector(held)))
	return j
}

func vector(units []int64) (all []safestate.Amount) {
	for r, n := range units {
		all = append(all, safestate.Amount{Resource: r, Units: n})
	}
	return all
}

// A refusal that is kept is not kept beyond what an int64 can count: a claim that is raised and lowered
// adds to what the refusal takes for left.
func TestKeptRefusalsDoNotOverflow(t *testing.T) {
	s := safestate.New([]int64{2, most})
	s.SetWorth(0)
	s.SetPatience(0)
	member(t, s, []int64{0, most}, []int64{0, most})
	a := member(t, s, []int64{2, 0}, []int64{1, 0})
	b := member(t, s, []int64{2, 0}, nil)
	require.Equal(t, safestate.Unsafe, s.Acquire(b, vector([]int64{1})))
	for range 3 {
		require.Equal(t, granted, s.RaiseClaim(a, vector([]int64{0, most - 1})))
		require.Equal(t, granted, s.LowerClaim(a, vector([]int64{0, most - 1})))
	}
	d := member(t, s, []int64{1, 1}, nil)
	require.Equal(t, granted, s.Acquire(d, vector([]int64{1})))
	require.NoError(t, s.Invariants())
}

// Bounds fall with each release until somebody looks. They must not fall through the least number.
func TestBoundsDoNotOverflow(t *testing.T) {
	s := safestate.New([]int64{most})
	s.SetBlockSize(1)
	for range 9 {
		member(t, s, []int64{2}, []int64{1})
	}
	big := member(t, s, []int64{most - 20}, []int64{1})
	require.Greater(t, s.Blocks(), 1)
	for range 6 {
		require.Equal(t, granted, s.Acquire(big, vector([]int64{most/2 - 20})))
		require.Equal(t, granted, s.Release(big, vector([]int64{most/2 - 20})))
		require.NoError(t, s.Invariants())
	}
}

func TestSumsThatExceedAnInt64(t *testing.T) {
	s := safestate.New([]int64{most, 3})
	j := member(t, s, []int64{most, 1}, []int64{5, 0})
	twice := []safestate.Amount{{Resource: 0, Units: most}, {Resource: 1, Units: 1}, {Resource: 0, Units: most}}
	for name, o := range map[string]safestate.Outcome{
		"acquire": s.Acquire(j, twice), "release": s.Release(j, twice), "lower": s.LowerClaim(j, twice),
		"raise": s.RaiseClaim(j, twice), "grow": s.Grow(twice), "shrink": s.Shrink(twice),
		"grow beyond": s.Grow(vector([]int64{1})),
	} {
		require.Equal(t, safestate.Overflow, o, name)
	}
	_, o := s.Register(twice)
	require.Equal(t, safestate.Overflow, o)
	require.Equal(t, safestate.OverCapacity, s.RaiseClaim(j, vector([]int64{1})))
	require.Equal(t, safestate.OverCapacity, s.Shrink(vector([]int64{0, 4})))
	require.NoError(t, s.Invariants())
}

// A state in which jobs come and go, and raise their claims, does not grow, and the blocks of those who left are joined.
func TestRoomIsUsedAgain(t *testing.T) {
	s := safestate.New([]int64{1000, 1000, 1000})
	var jobs []safestate.Job
	for range 600 {
		jobs = append(jobs, member(t, s, []int64{1}, []int64{1}))
	}
	require.Greater(t, s.Blocks(), 4)
	for _, j := range jobs[3:] {
		s.Close(j, func(safestate.Amount) {})
	}
	require.LessOrEqual(t, s.Blocks(), 3)
	room := s.Room()
	for range 1000 {
		j := member(t, s, []int64{2}, []int64{1})
		require.Equal(t, granted, s.RaiseClaim(j, vector([]int64{0, 1})))
		require.Equal(t, granted, s.RaiseClaim(j, vector([]int64{0, 0, 1})))
		s.Close(j, func(safestate.Amount) {})
	}
	require.LessOrEqual(t, s.Room(), room+8)
	require.NoError(t, s.Invariants())
}

// A pinned job that is closed is pinned no more.
func TestCloseUnpins(t *testing.T) {
	s := safestate.New([]int64{2})
	j := member(t, s, []int64{2}, nil)
	s.Pin(j)
	require.Equal(t, j, s.Pinned())
	require.Zero(t, s.Holders())
	s.Close(j, func(safestate.Amount) {})
	require.Equal(t, safestate.None, s.Pinned())
	require.NoError(t, s.Invariants())
}
