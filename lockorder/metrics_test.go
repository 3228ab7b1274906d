package lockorder_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/lockorder"
)

func TestMetricsCountFindingsByTier(t *testing.T) {
	defer lockorder.Reset(lockorder.State{})()
	lockorder.SetHandler(func(lockorder.Report) {})
	before := lockorder.ReadMetrics()
	require.Len(t, before.Findings, int(lockorder.Hazard), "tiers without a finding are listed")
	lockorder.Deliver(example("potential", "a"))
	lockorder.Deliver(example("potential", "a"))
	lockorder.Deliver(example("potential", "b"))
	lockorder.Deliver(example("guarded", "c"))
	lockorder.Deliver(example("guarded", "d"))
	lockorder.Ignore(lockorder.WithID("d"))
	m := lockorder.ReadMetrics()
	require.Equal(t, uint64(2), m.Findings[lockorder.Potential])
	require.Equal(t, uint64(1), m.Findings[lockorder.Guarded])
	require.Zero(t, m.Findings[lockorder.Deadlock])
	require.Equal(t, uint64(1), m.Silenced)
	require.Equal(t, before.Repeats+1, m.Repeats)
}

func TestMetricsComeBackFromJSON(t *testing.T) {
	data, err := json.Marshal(lockorder.ReadMetrics())
	require.NoError(t, err)
	require.Contains(t, string(data), `"needs-writer":0`)
	var back lockorder.Metrics
	require.NoError(t, json.Unmarshal(data, &back))
	require.Len(t, back.Findings, int(lockorder.Hazard))
}
