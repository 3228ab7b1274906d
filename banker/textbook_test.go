package banker_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/banker"
)

// ask is a request of a textbook, in its order, with the answer.
type ask struct {
	job  int
	want string
	err  error
	left string // available afterwards, if granted
}

var textbook = []struct {
	name      string
	total     []int64
	max, held string
	available string
	safe      []int // in scan order
	asks      []ask
}{
	{
		"Silberschatz",
		[]int64{10, 5, 7},
		"753 322 902 222 433", "010 200 302 211 002", "332",
		[]int{1, 3, 4, 0, 2},
		[]ask{{1, "102", nil, "230"}, {4, "330", banker.ErrUnavailable, ""}, {0, "020", banker.ErrUnsafe, ""}},
	},
	{
		"Silberschatz exercise",
		[]int64{3, 14, 12, 12},
		"0012 1750 2356 0652 0656", "0012 1000 1354 0632 0014", "1520",
		[]int{0, 2, 3, 4, 1},
		[]ask{{1, "0420", nil, "1100"}},
	},
	{
		"Tanenbaum, one resource",
		[]int64{10},
		"9 4 7", "3 2 2", "3",
		[]int{1, 2, 0},
		[]ask{{0, "1", banker.ErrUnsafe, ""}, {1, "2", nil, "1"}},
	},
	{
		"Tanenbaum, bank",
		[]int64{10},
		"6 5 4 7", "1 1 2 4", "2",
		[]int{2, 3, 0, 1},
		[]ask{{1, "1", banker.ErrUnsafe, ""}, {2, "1", nil, "1"}},
	},
	{
		"Tanenbaum, several",
		[]int64{6, 3, 4, 2},
		"4111 0212 4210 1111 2110", "3011 0100 1110 1101 0000", "1020",
		[]int{3, 4, 0, 1, 2},
		[]ask{{1, "0010", nil, "1010"}, {4, "0010", banker.ErrUnsafe, ""}},
	},
	{
		"EWD623",
		[]int64{4},
		"3 3", "2 1", "1",
		[]int{0, 1},
		[]ask{{1, "1", banker.ErrUnsafe, ""}, {0, "1", nil, "0"}},
	},
}

// digits reads "753 322" as two vectors.
func digits(s string) (rows [][]int64) {
	row := []int64{}
	for _, c := range s + " " {
		if c == ' ' {
			rows, row = append(rows, row), []int64{}
		} else {
			row = append(row, int64(c-'0'))
		}
	}
	return rows
}

func vector(row []int64) (all []banker.Amount) {
	for r, n := range row {
		if n > 0 {
			all = append(all, banker.Of(resource(r), n))
		}
	}
	return all
}

func resource(r int) string { return string(rune('A' + r)) }

func TestTextbookCases(t *testing.T) {
	for _, c := range textbook {
		t.Run(c.name, func(t *testing.T) {
			capacity := banker.Capacity{}
			for r, n := range c.total {
				capacity[resource(r)] = n
			}
			b := open(t, capacity)
			var jobs []*banker.Job
			for i, m := range digits(c.max) {
				jobs = append(jobs, register(t, b, fmt.Sprintf("P%d", i), vector(m)...))
			}
			for i, h := range digits(c.held) {
				require.NoError(t, jobs[i].TryAcquire(vector(h)...), "P%d", i)
			}
			s := b.Snapshot()
			require.Equal(t, digits(c.available)[0], s.Available)
			seq, ok := banker.Check(s.Available, s.Allocation, s.Need)
			require.True(t, ok)
			require.Equal(t, c.safe, seq)
			follows(t, s)
			for _, a := range c.asks {
				require.ErrorIs(t, jobs[a.job].TryAcquire(vector(digits(a.want)[0])...), a.err, "P%d asks for %s", a.job, a.want)
				if a.err == nil {
					require.Equal(t, digits(a.left)[0], b.Snapshot().Available)
				}
				follows(t, b.Snapshot())
			}
		})
	}
}

// follows checks that the snapshot's sequence is a safe one.
func follows(t require.TestingT, s banker.Snapshot) {
	balanced(t, s)
	require.ElementsMatch(t, s.Jobs, s.SafeSequence)
	work := slices.Clone(s.Available)
	for _, name := range s.SafeSequence {
		i := slices.Index(s.Jobs, name)
		for r := range work {
			require.LessOrEqual(t, s.Need[i][r], work[r], "%s in %v", name, s.SafeSequence)
		}
		for r := range work {
			work[r] += s.Allocation[i][r]
		}
	}
}

func TestCheckOfUnsafeState(t *testing.T) {
	seq, ok := banker.Check([]int64{1}, [][]int64{{2}, {1}, {1}}, [][]int64{{5}, {1}, {9}})
	require.False(t, ok)
	require.Equal(t, []int{1}, seq)
	require.PanicsWithValue(t, "banker: Check of matrices that do not fit", func() {
		banker.Check([]int64{1}, [][]int64{{2, 3}}, [][]int64{{5}})
	})
}
