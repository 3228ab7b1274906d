package lockprom_test

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/lockorder/lockprom"
	"github.com/interlock-go/interlock/mutex"
)

func TestAFindingIsCounted(t *testing.T) {
	lockorder.SetHandler(func(lockorder.Report) {})
	defer lockorder.SetHandler(nil)
	registry := prometheus.NewPedanticRegistry()
	require.NoError(t, registry.Register(lockprom.NewCollector()))
	expect := func(violations string) {
		t.Helper()
		require.NoError(t, testutil.GatherAndCompare(registry, strings.NewReader(`# HELP interlock_findings Distinct findings so far, without silenced ones.
# TYPE interlock_findings gauge
interlock_findings{tier="deadlock"} 0
interlock_findings{tier="guarded"} 0
interlock_findings{tier="hazard"} 0
interlock_findings{tier="needs-writer"} 0
interlock_findings{tier="ordered"} 0
interlock_findings{tier="potential"} 0
interlock_findings{tier="violation"} `+violations+`
`), "interlock_findings"))
	}
	expect("0")
	var a, b mutex.Mutex
	first, second := lockorder.NewClass("first"), lockorder.NewClass("second")
	mutex.SetClass(&a, first)
	mutex.SetClass(&b, second)
	lockorder.Order(first, second)
	b.Lock()
	a.Lock()
	//lint:ignore SA2001 what counts is the order
	a.Unlock()
	b.Unlock()
	expect("1")

	a.Lock()
	defer a.Unlock()
	require.NoError(t, testutil.GatherAndCompare(registry, strings.NewReader(`# HELP interlock_held_locks Holds now, readers counted each.
# TYPE interlock_held_locks gauge
interlock_held_locks 1
# HELP interlock_orders Lock orders that are kept.
# TYPE interlock_orders gauge
interlock_orders 1
# HELP interlock_waiting_goroutines Goroutines that wait for a lock, or for another to act, now.
# TYPE interlock_waiting_goroutines gauge
interlock_waiting_goroutines 0
`), "interlock_held_locks", "interlock_orders", "interlock_waiting_goroutines"))
}

func TestTheNamesAreAsPrometheusWantsThem(t *testing.T) {
	problems, err := testutil.CollectAndLint(lockprom.NewCollector())
	require.NoError(t, err)
	require.Empty(t, problems)
}
