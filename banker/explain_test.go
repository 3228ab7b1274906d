package banker_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/banker"
)

// row registers a job that claims and holds, "gpu=3 mem=1" as amounts.
func row(t *testing.T, b *banker.Banker, name string, claim, held []banker.Amount) *banker.Job {
	j := register(t, b, name, claim...)
	require.NoError(t, j.TryAcquire(held...))
	return j
}

func of(pairs ...any) (all []banker.Amount) {
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, banker.Of(pairs[i].(string), int64(pairs[i+1].(int))))
	}
	return all
}

// Each other who is stuck is said to have to give back what the nearest of the others lacks, and no more than it holds.
func TestNotBefore(t *testing.T) {
	b := open(t, banker.Capacity{"gpu": 10})
	row(t, b, "A", of("gpu", 10), of("gpu", 2))
	row(t, b, "B", of("gpu", 4), of("gpu", 1))
	c := row(t, b, "C", of("gpu", 8), of("gpu", 2))
	row(t, b, "D", of("gpu", 5), of("gpu", 1))
	require.Equal(t, `banker "banker": C must wait: granting gpu=2 would be unsafe
  free now:      gpu=4
  after it:      gpu=2; nobody could be sure to finish
  then stuck:    C holds gpu=4 and may want 4 more gpu (2 short)
                 A holds gpu=2 and may want 8 more gpu (6 short)
                 B holds gpu=1 and may want 3 more gpu (1 short)
                 D holds gpu=1 and may want 4 more gpu (2 short)
  not before:    A gives back 1 gpu, or B gives back 1 gpu, or D gives back 1 gpu, or lowers its claim
`, c.Explain(of("gpu", 2)...).String())
}

// Of many resources those are shown that are asked for, claimed by the one that asks, or lacked by one who is stuck.
func TestOnlyWhatMatters(t *testing.T) {
	b := open(t, banker.Capacity{"gpu": 2, "mem": 7, "disk": 2, "net": 1, "cpu": 64})
	j := register(t, b, "J", of("gpu", 2, "mem", 1)...)
	row(t, b, "L", of("gpu", 2, "disk", 1), of("gpu", 1, "disk", 1))
	row(t, b, "K", of("disk", 2, "cpu", 1), of("disk", 1, "cpu", 1))
	v := j.Explain(of("gpu", 1)...)
	require.Equal(t, of("disk", 0, "gpu", 1, "mem", 7), v.Free)
	require.Equal(t, of("disk", 0, "gpu", 0, "mem", 7), v.After)
	require.Equal(t, v.After, v.Left)
	require.Equal(t, []banker.Stuck{{"J", "gpu", 1, 1, 1}, {"L", "gpu", 1, 1, 1}, {"K", "disk", 1, 1, 1}}, v.Stuck)
	text, err := json.Marshal(v)
	require.NoError(t, err)
	require.JSONEq(t, `{"banker": "banker", "job": "J", "id": 0, "request": [{"resource": "gpu", "units": 1}],
		"free": [{"resource": "disk", "units": 0}, {"resource": "gpu", "units": 1}, {"resource": "mem", "units": 7}],
		"after": [{"resource": "disk", "units": 0}, {"resource": "gpu", "units": 0}, {"resource": "mem", "units": 7}],
		"left": [{"resource": "disk", "units": 0}, {"resource": "gpu", "units": 0}, {"resource": "mem", "units": 7}],
		"stuck": [{"job": "J", "resource": "gpu", "holds": 1, "wants": 1, "short": 1},
			{"job": "L", "resource": "gpu", "holds": 1, "wants": 1, "short": 1},
			{"job": "K", "resource": "disk", "holds": 1, "wants": 1, "short": 1}],
		"not_before": [{"job": "L", "resource": "disk", "units": 1}, {"job": "L", "resource": "gpu", "units": 1}]}`, string(text))
}

// Up to nine who could finish are named, of more than that eight.
func TestManyCouldFinish(t *testing.T) {
	for n, want := range map[int]string{
		1:  "; J0 could still finish, leaving gpu=1",
		3:  "; J0, J1 and J2 could still finish",
		9:  "; J0, J1, J2, J3, J4, J5, J6, J7 and J8 could still finish",
		10: "; J0, J1, J2, J3, J4, J5, J6, J7 and 2 others could still finish",
	} {
		b := open(t, banker.Capacity{"gpu": int64(n + 4)})
		for i := range n {
			row(t, b, fmt.Sprint("J", i), of("gpu", 1), of("gpu", 1))
		}
		row(t, b, "L", of("gpu", n+3), of("gpu", 2))
		j := row(t, b, "J", of("gpu", n+4), of("gpu", 1))
		v := j.Explain(of("gpu", 1)...)
		require.Len(t, v.Finish, n)
		require.Contains(t, v.String(), want)
	}
}

func TestVerdictsThatAreShort(t *testing.T) {
	b := open(t, banker.Capacity{"gpu": 2})
	j := register(t, b, "j", of("gpu", 2)...)
	for want, request := range map[string][]banker.Amount{
		"j can have gpu=1\n  free now:      gpu=2\n":                            of("gpu", 1),
		"j can have nothing\n  free now:      gpu=2\n":                          nil,
		"j cannot have disk=1: banker: no such resource\n":                      of("disk", 1),
		"j cannot have gpu=-1: banker: negative number of units\n":              of("gpu", -1),
		"j cannot have gpu=2 gpu=1: banker: more than the job's claim leaves\n": of("gpu", 2, "gpu", 1),
	} {
		require.Equal(t, `banker "banker": `+want, j.Explain(request...).String())
	}
	require.PanicsWithValue(t, "banker: Job was not made by Register", func() { new(banker.Job).Explain() })
}

// What a snapshot says of calls that wait, and that a reader may keep and change it.
func TestSnapshotOfWaitingIsACopy(t *testing.T) {
	b := open(t, banker.Capacity{"gpu": 2, "mem": 1})
	before := b.Snapshot()
	before.Resources[0], before.Total[0] = "tpu", 7
	require.Equal(t, []string{"gpu", "mem"}, b.Snapshot().Resources)
	require.NoError(t, register(t, b, "j", of("gpu", 1)...).TryAcquire(of("gpu", 1)...))
	text, err := json.Marshal(open(t, banker.Capacity{}).Snapshot())
	require.NoError(t, err)
	require.NotContains(t, string(text), "null")
	s := banker.Snapshot{
		Name: "pool", Resources: []string{"gpu", "mem"}, Total: []int64{2, 1}, Available: []int64{0, 1},
		Waiting: []banker.Waiting{{Job: "j", Request: []int64{1, 0}}, {Job: "k", Request: []int64{0, 0}}},
	}
	require.True(t, strings.HasSuffix(s.String(), "safe sequence: \nj waits for gpu=1\nk waits for nothing\n"), s.String())
}

func TestCheckOfMatricesThatDoNotFit(t *testing.T) {
	one, two := []int64{1}, []int64{1, 1}
	for _, c := range []struct{ alloc, need [][]int64 }{
		{[][]int64{one}, [][]int64{two}},
		{[][]int64{two}, [][]int64{one}},
		{[][]int64{one}, nil},
		{[][]int64{one}, [][]int64{one, one}},
	} {
		require.PanicsWithValue(t, "banker: Check of matrices that do not fit", func() { banker.Check(one, c.alloc, c.need) })
	}
	seq, ok := banker.Check(nil, nil, nil)
	require.True(t, ok)
	require.Empty(t, seq)
}
