// Package lockprom shows the detector's numbers to Prometheus.
//
//	prometheus.MustRegister(lockprom.NewCollector())
//
// It is a module of its own, so that nobody requires Prometheus unawares. An
// alert that is always right is on interlock_findings{tier="deadlock"} > 0.
package lockprom

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/interlock-go/interlock/lockorder"
)

var (
	findings  = desc("findings", "Distinct findings so far, without silenced ones.", "tier")
	silenced  = desc("silenced_findings", "Distinct findings that the program ignores.")
	repeats   = desc("finding_repeats_total", "Findings made again, without another report.")
	waits     = desc("waiting_goroutines", "Goroutines that wait for a lock, or for another to act, now.")
	held      = desc("held_locks", "Holds now, readers counted each.")
	locks     = desc("nested_locks", "Locks that have been nested and still exist.")
	orders    = desc("orders", "Lock orders that are kept.")
	aged      = desc("orders_aged_total", "Lock orders given up at the memory bound.")
	truncated = desc("searches_truncated_total", "Searches for cycles that were cut short.")
)

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("interlock_"+name, help, labels, nil)
}

// NewCollector returns a collector of [lockorder.ReadMetrics], which it calls once
// for each scrape.
func NewCollector() prometheus.Collector { return collector{} }

type collector struct{}

// Describe sends the descriptions of all metrics.
func (collector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{findings, silenced, repeats, waits, held, locks, orders, aged, truncated} {
		out <- d
	}
}

// Collect sends what the metrics are now.
func (collector) Collect(out chan<- prometheus.Metric) {
	m := lockorder.ReadMetrics()
	send := func(d *prometheus.Desc, kind prometheus.ValueType, n uint64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, kind, float64(n), labels...)
	}
	for tier, n := range m.Findings {
		send(findings, prometheus.GaugeValue, n, tier.String())
	}
	send(silenced, prometheus.GaugeValue, m.Silenced)
	send(repeats, prometheus.CounterValue, m.Repeats)
	send(waits, prometheus.GaugeValue, m.Waits)
	send(held, prometheus.GaugeValue, m.Held)
	send(locks, prometheus.GaugeValue, m.Locks)
	send(orders, prometheus.GaugeValue, m.Dependencies)
	send(aged, prometheus.CounterValue, m.Aged)
	send(truncated, prometheus.CounterValue, m.Truncated)
}
