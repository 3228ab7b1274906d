package lockorder_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/engine"
	"github.com/interlock-go/interlock/internal/rule"
	"github.com/interlock-go/interlock/lockorder"
)

// rawInversion is a finding as the engine hands it out.
func rawInversion(stack []uintptr) *engine.Finding {
	a := engine.Lock{ID: 1, Class: "a\xff", Type: "Mutex"}
	b := engine.Lock{ID: 2, Type: "RWMutex"}
	hold := func(l engine.Lock, m rule.Mode) engine.Hold { return engine.Hold{Lock: l, Mode: m, Stack: stack} }
	return &engine.Finding{
		ID: 0xabc, Tier: rule.NeedsWriter, Kind: engine.Inversion, Overlap: true,
		Edges: []engine.Edge{
			{Goroutine: 1, Held: []engine.Hold{hold(a, rule.Write)}, Want: hold(b, rule.Read), Phase: "start"},
			{Goroutine: 2, Held: []engine.Hold{hold(b, rule.Read)}, Want: hold(a, rule.Write)},
		},
	}
}

func TestRawFindingBecomesReport(t *testing.T) {
	r := lockorder.NewReport(rawInversion(outermost()))
	require.Equal(t, lockorder.NeedsWriter, r.Tier)
	require.Equal(t, lockorder.KindInversion, r.Kind)
	require.Equal(t, "0000000000000abc", r.ID)
	require.Equal(t, "start", r.Edges[0].Phase)
	require.True(t, r.Overlap)
	require.False(t, r.Refused)
	require.True(t, r.Edges[0].Want.Read)
	require.Equal(t, lockorder.Lock{ID: 1, Class: "a?", Type: "Mutex"}, r.Edges[0].Held[0].Lock)
	require.Equal(t, wantsInlining, names(r.Edges[1].Want.Stack, 3))
	require.Equal(t, []lockorder.Lock{{ID: 2, Type: "RWMutex"}}, r.Writers)
	require.True(t, strings.HasPrefix(r.String(), "interlock: needs-writer: a? and RWMutex #2 (frames_test.go:"), r.String())
}

// A finding that the engine could not fill must not take the program down.
func TestOddFindingsStillPrint(t *testing.T) {
	for k := engine.Kind(0); k <= engine.LongWait+1; k++ {
		for tier := rule.Tier(0); tier <= rule.Hazard+1; tier++ {
			for _, edges := range [][]engine.Edge{nil, make([]engine.Edge, 1), make([]engine.Edge, 2), {{Via: -1}, {Via: 7}}} {
				r := lockorder.NewReport(&engine.Finding{Kind: k, Tier: tier, Edges: edges})
				require.True(t, strings.HasPrefix(r.String(), "interlock: "))
			}
		}
	}
}

func TestDeadlockErrorIsOneLineAndMore(t *testing.T) {
	f := rawInversion(outermost())
	f.Tier, f.Kind, f.Refused = rule.Deadlock, engine.Ring, true
	var err error = lockorder.NewDeadlockError(f)
	require.NotContains(t, err.Error(), "\n")
	require.Equal(t, err.Error(), fmt.Sprintf("%v", err))
	require.Equal(t, err.Error(), fmt.Sprintf("%s", err))
	require.True(t, err.(*lockorder.DeadlockError).Report.Refused)
	var de *lockorder.DeadlockError
	require.ErrorAs(t, fmt.Errorf("transfer: %w", err), &de)
	require.Equal(t, de.Report.String(), fmt.Sprintf("%+v", err))
	require.True(t, strings.HasPrefix(de.Report.String(), err.Error()+"\n"))
	require.False(t, errors.Is(err, os.ErrExist))
}
