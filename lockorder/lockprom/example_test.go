package lockprom_test

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/interlock-go/interlock/lockorder/lockprom"
)

func ExampleNewCollector() {
	registry := prometheus.NewRegistry() // or prometheus.MustRegister, for the default one
	registry.MustRegister(lockprom.NewCollector())
	families, err := registry.Gather()
	if err != nil {
		fmt.Println(err)
	}
	for _, f := range families {
		fmt.Println(f.GetName())
	}
	// Output:
	// interlock_finding_repeats_total
	// interlock_findings
	// interlock_held_locks
	// interlock_nested_locks
	// interlock_orders
	// interlock_orders_aged_total
	// interlock_searches_truncated_total
	// interlock_silenced_findings
	// interlock_waiting_goroutines
}
