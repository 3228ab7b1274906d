package main

import (
	"fmt"
	"slices"
)

func buffer(impl string, capacity int, shape string) key {
	return key{fmt.Sprintf("Buffer/impl=%s/case=cap%d/in=%s", impl, capacity, shape), "sec/op"}
}

// worst is the largest ratio of ours to theirs, which stand in v in pairs.
func worst(v []float64) float64 {
	var w float64
	for i := 0; i < len(v); i += 2 {
		w = max(w, v[i]/v[i+1])
	}
	return w
}

// column is a way of use with its shapes and the limit for each capacity. A capacity without one has no bar.
type column struct {
	name, says   string
	ours, theirs string
	shapes       []string
	limits       map[int]float64
}

var columns = []column{
	{"one", "on one processor", "bbuf", "chan", []string{"P1-1p1c", "P1-4p4c", "P1-100p100c"}, map[int]float64{1: 1.3, 64: 0.9, 1024: 0.8, 65536: 0.75}},
	{"one", "on one processor", "bbuf", "chan", []string{"P1-1p1c", "P1-4p4c"}, map[int]float64{16: 1}},
	{"crowd", "on one processor with 100 goroutines a side", "bbuf", "chan", []string{"P1-100p100c"}, map[int]float64{16: 1.15}},
	{"few", "with 1 and 2 goroutines a side", "bbuf", "chan", []string{"P2-1p1c", "P2-2p2c"}, map[int]float64{1: 1.35, 16: 0.95, 64: 0.85, 1024: 0.6, 65536: 0.45}},
	{"many", "with 4 and 16 goroutines a side", "bbuf", "chan", []string{"P2-4p4c", "P2-16p16c"}, map[int]float64{1: 1.6, 16: 1.4, 64: 0.75, 1024: 0.55, 65536: 0.45}},
	{"batch", "in batches of 64", "bbuf-64", "chan", []string{"P2-1p1c"}, map[int]float64{16: 0.75, 64: 0.45, 1024: 0.1, 65536: 0.06}},
	{"context", "with a cancellable context, against select", "bbuf-ctx", "select", []string{"P2-1p1c", "P2-2p2c"}, map[int]float64{1: 1, 16: 0.7, 64: 0.35, 1024: 0.25, 65536: 0.25}},
	{"context-one", "with a cancellable context on one processor, against select", "bbuf-ctx", "select", []string{"P1-1p1c"}, map[int]float64{1024: 0.35, 65536: 0.35}},
}

// sizes are the capacities in order.
var sizes = []int{1, 16, 64, 1024, 65536}

// bufferBars are the bars of package bbuf. A channel has the same capacity and shape.
func bufferBars() []bar {
	var bars []bar
	for _, capacity := range sizes {
		for _, c := range columns {
			if limit, ok := c.limits[capacity]; ok {
				bars = append(bars, c.bar(capacity, limit))
			}
		}
	}
	return append(bars, bufferSums()...)
}

func (c column) bar(capacity int, limit float64) bar {
	b := bar{
		name: fmt.Sprintf("buffer%d-%s", capacity, c.name), says: fmt.Sprintf("a buffer of %d %s", capacity, c.says),
		limit: limit, unit: "×", figure: worst,
	}
	for _, shape := range c.shapes {
		for _, impl := range []string{c.ours, c.theirs} {
			k := buffer(impl, capacity, shape)
			b.needs = append(b.needs, k)
			k.unit = processorTime
			b.rivals = append(b.rivals, k)
		}
	}
	if c.name == "few" {
		for _, rival := range []string{"conditions", "xsync"} {
			b.rivals = append(b.rivals, buffer(rival, capacity, c.shapes[0]))
		}
	}
	return b
}

// bufferSums are the bars on a buffer that are no table.
func bufferSums() []bar {
	work := func(impl string) key { return key{"Work/impl=" + impl + "/case=cap1024/in=P2-4p4c", "sec/op"} }
	fair := func(impl, unit string) key { return key{"Fair/impl=" + impl, unit} }
	allocs := bar{
		name: "buffer-allocs", says: "allocations an item in any of a buffer's uses", unit: " allocs",
		figure: func(v []float64) float64 { return slices.Max(v) },
	}
	for _, capacity := range sizes {
		for _, impl := range []string{"bbuf", "bbuf-ctx"} {
			k := buffer(impl, capacity, "P2-2p2c")
			k.unit = "allocs/op"
			allocs.needs = append(allocs.needs, k)
		}
	}
	return []bar{
		{
			name: "buffer-work", says: "a buffer of 1024 with 4 goroutines a side and 96 ns of work an item", limit: 0.4, unit: "×",
			figure: ratio, needs: []key{work("bbuf"), work("chan")},
		},
		{
			name: "buffer-worst", says: "the worst Put of 16 producers and 16 consumers", limit: 1, unit: "×", figure: ratio,
			needs: []key{fair("bbuf", "worst-sec"), fair("chan", "worst-sec")},
		},
		{
			name: "buffer-most", says: "the largest share of a producer among 16, against the mean", limit: 1.4, unit: "×", figure: only,
			needs: []key{fair("bbuf", "largest-share")}, rivals: []key{fair("chan", "largest-share")},
		},
		{
			name: "buffer-least", says: "the mean share of a producer among 16, against the smallest", limit: 1.43, unit: "×",
			figure: func(v []float64) float64 { return 1 / v[0] },
			needs:  []key{fair("bbuf", "smallest-share")}, rivals: []key{fair("chan", "smallest-share")},
		},
		allocs,
		{
			name: "buffer-parked", says: "processor time of 1,000 parked goroutines", limit: 1, unit: " ms/s", figure: only,
			needs: []key{{"Parked/impl=bbuf", "ms/s"}},
		},
		{
			name: "buffer-slot", says: "memory for a slot of 8 bytes", limit: 16, unit: " B", figure: only,
			needs: []key{{"Footprint/impl=bbuf", "B/slot"}},
		},
		{
			name: "buffer-fixed", says: "memory of a buffer beside its slots", limit: 1024, unit: " B", figure: only,
			needs: []key{{"Footprint/impl=bbuf", "B/buffer"}},
		},
	}
}

// condBars are the bars of package cond.
func condBars() []bar {
	c := func(impl, operation string) key { return key{"Cond/impl=" + impl + "/case=" + operation, "sec/op"} }
	against := func(name, says string, limit float64, ours, operation string) bar {
		return bar{name: name, says: says, limit: limit, unit: "×", figure: ratio, needs: []key{c(ours, operation), c("sync", operation)}}
	}
	allocs := c("interlock", "context")
	allocs.unit = "allocs/op"
	bars := []bar{
		against("cond-signal", "Signal without waiters, against sync.Cond", 0.5, "interlock", "signal"),
		against("cond-roundtrip", "two goroutines that wake each other, against sync.Cond", 1.35, "interlock", "roundtrip"),
		against("cond-mutex", "the same with a mutex.Mutex as L, against sync.Cond", 1.1, "interlock-mutex", "roundtrip"),
		against("cond-context", "the same with a cancellable context, against sync.Cond with AfterFunc", 0.6, "interlock", "context"),
		{name: "cond-allocs", says: "allocations of that", unit: " allocs", figure: only, needs: []key{allocs}},
	}
	for _, n := range []int{10, 100, 1000} {
		operation := fmt.Sprintf("broadcast%d", n)
		bars = append(bars, against("cond-"+operation, fmt.Sprintf("Broadcast to %d waiters, for each, against sync.Cond", n), 1.3, "interlock", operation))
	}
	return bars
}
