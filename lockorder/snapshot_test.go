package lockorder_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/lockorder"
)

// busy is a state with everything in it.
func busy() lockorder.State {
	cache, index, plain := aMutex(3, "cache.mu"), aMutex(4, "index.mu"), anRWMutex(7, "")
	dependency := func(e lockorder.Edge, count uint64) lockorder.Dependency {
		return lockorder.Dependency{Goroutine: e.Goroutine, Held: e.Held, Want: e.Want, Count: count}
	}
	return lockorder.State{
		Locks: []lockorder.Lock{plain, index, cache, aMutex(9, "evil\"\n\\name")},
		Orders: []lockorder.Dependency{
			dependency(flush(13, cache, index), 2), dependency(put(12, cache, index), 5),
			dependency(step(14, plain, cache, 10), 1), dependency(put(15, cache, index), 1),
		},
		Waits: []lockorder.Wait{
			{Goroutine: 13, Want: flush(13, cache, index).Want, Holders: []uint64{12}, Seq: 4},
			{Goroutine: 12, Want: put(12, cache, index).Want, Holders: []uint64{13}, Seq: 1},
			{Goroutine: 16, Want: flush(13, cache, index).Want, Holders: []uint64{12}, Seq: 1},
		},
		Held:     []lockorder.HeldLock{{Goroutine: 12, Hold: put(12, cache, index).Held[0]}},
		Findings: []lockorder.Finding{{Report: example("potential", "a"), Repeats: 3}},
		Stats:    lockorder.Stats{Dependencies: 4, Aged: 1, Truncated: 2},
	}
}

func dot(t *testing.T, s lockorder.State) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, s.WriteDOT(&b))
	return b.String()
}

func TestDOTMatchesItsGoldenFile(t *testing.T) {
	requireGolden(t, "state.dot", dot(t, busy()))
	requireGolden(t, "empty.dot", dot(t, lockorder.State{}))
}

func TestDOTIsReadByGraphviz(t *testing.T) {
	program, err := exec.LookPath("dot")
	if err != nil {
		t.Skip("needs Graphviz")
	}
	cmd := exec.Command(program, "-Tcanon")
	cmd.Stdin = strings.NewReader(dot(t, busy()))
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
}

func TestDOTDependsOnTheStateAlone(t *testing.T) {
	want := dot(t, busy())
	for range 20 {
		require.Equal(t, want, dot(t, busy()))
	}
}

type full struct{}

var errFull = errors.New("full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestDOTPassesOnTheWritersError(t *testing.T) {
	require.ErrorIs(t, busy().WriteDOT(full{}), errFull)
}

func TestStateComesBackFromJSON(t *testing.T) {
	data, err := json.Marshal(busy())
	require.NoError(t, err)
	var back lockorder.State
	require.NoError(t, json.Unmarshal(data, &back))
	require.Equal(t, busy(), back)
	require.Equal(t, dot(t, busy()), dot(t, back))
	var pretty bytes.Buffer
	require.NoError(t, json.Indent(&pretty, data, "", "  "))
	requireGolden(t, "state.json", pretty.String()+"\n")
}

func TestSnapshotAddsTheFindings(t *testing.T) {
	engine := busy()
	engine.Findings = nil
	defer lockorder.Reset(engine)()
	lockorder.SetHandler(func(lockorder.Report) {})
	lockorder.Deliver(example("potential", "a"))
	lockorder.Deliver(example("potential", "a"))
	lockorder.Deliver(example("guarded", "b"))
	lockorder.Ignore(lockorder.WithID("b"))
	s := lockorder.Snapshot()
	require.Equal(t, engine.Orders, s.Orders)
	require.Len(t, s.Findings, 2)
	require.Equal(t, uint64(1), s.Findings[0].Repeats)
	require.False(t, s.Findings[0].Silenced)
	require.True(t, s.Findings[1].Silenced)
}
