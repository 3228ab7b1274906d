package lockslog_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/lockorder/lockslog"
)

func logged(t *testing.T, least slog.Level, r lockorder.Report) map[string]any {
	t.Helper()
	var out bytes.Buffer
	lockslog.Handler(slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: least})))(r)
	if out.Len() == 0 {
		return nil
	}
	var got map[string]any
	require.NoError(t, json.Unmarshal(out.Bytes(), &got))
	return got
}

func TestAFindingIsOneRecord(t *testing.T) {
	r := lockorder.Report{
		Tier: lockorder.Deadlock, Kind: lockorder.KindRing, ID: "0a1b", Summary: "goroutines 1 and 2 wait for each other\n",
		Edges: []lockorder.Edge{{Goroutine: 1}}, Knot: []lockorder.Edge{{Goroutine: 2}},
	}
	got := logged(t, slog.LevelInfo, r)
	delete(got, "time")
	require.Equal(t, map[string]any{
		"level": "ERROR", "msg": "deadlock: goroutines 1 and 2 wait for each other\n", "tier": "deadlock", "kind": "ring", "id": "0a1b",
		"goroutines": []any{1.0, 2.0}, "report": r.String(),
	}, got)
}

func TestTheLevelFollowsTheTier(t *testing.T) {
	for tier, want := range map[lockorder.Tier]string{
		lockorder.Deadlock: "ERROR", lockorder.Potential: "WARN", lockorder.NeedsWriter: "WARN", lockorder.Violation: "WARN",
		lockorder.Guarded: "INFO", lockorder.Ordered: "INFO", lockorder.Hazard: "INFO",
	} {
		require.Equal(t, want, logged(t, slog.LevelInfo, lockorder.Report{Tier: tier})["level"], tier)
	}
	require.Nil(t, logged(t, slog.LevelError, lockorder.Report{Tier: lockorder.Potential}))
}

func TestWithoutALoggerItPanics(t *testing.T) {
	require.PanicsWithValue(t, "lockslog: Handler: the logger is nil", func() { lockslog.Handler(nil) })
}
