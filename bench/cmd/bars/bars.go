package main

import "slices"

// A key names one figure of one benchmark.
type key struct {
	benchmark string // path of sub-benchmarks without the word Benchmark
	unit      string // as package benchfmt normalizes it
}

func lock(impl, operation, in string) key {
	return key{"Lock/impl=" + impl + "/case=" + operation + "/in=" + in, "sec/op"}
}

func allocs(impl, operation string) key {
	k := lock(impl, operation, "alone")
	k.unit = "allocs/op"
	return k
}

// A bar is a promise about cost.
type bar struct {
	name   string
	says   string
	limit  float64
	unit   string                         // of figure: "×" for a ratio
	needs  []key                          // measured next to each other in every round
	figure func(values []float64) float64 // from the values of needs in one round

	// rivals are measured and shown beside; they decide nothing.
	rivals []key
}

// keys are all that is measured for the bar.
func (b bar) keys() []key { return slices.Concat(b.needs, b.rivals) }

// last returns the latest values of needs.
func (b bar) last(samples map[key][]float64) []float64 {
	values := make([]float64, len(b.needs))
	for i, k := range b.needs {
		values[i] = samples[k][len(samples[k])-1]
	}
	return values
}

// ratio is the figure of most bars: ours to theirs.
func ratio(v []float64) float64 { return v[0] / v[1] }

func only(v []float64) float64 { return v[0] }

// againstSync is the bar that an operation costs at most limit times sync's.
func againstSync(operation, says string, limit float64) bar {
	return bar{
		name: operation, says: says, limit: limit, unit: "×", figure: ratio,
		needs:  []key{lock("interlock", operation, "alone"), lock("sync", operation, "alone")},
		rivals: []key{lock("go-deadlock", operation, "alone")},
	}
}

var operations = []string{"uncontended", "nested3", "nested10", "rlock", "contended"}

// unchanged are the bars that an operation costs what it costs alone.
func unchanged(setting, says string) []bar {
	var bars []bar
	for _, o := range operations {
		bars = append(bars, bar{
			name: o + "-" + setting, says: o + " " + says, limit: 1.1, unit: "×", figure: ratio,
			needs: []key{lock("interlock", o, setting), lock("interlock", o, "alone")},
		})
	}
	return bars
}

func allBars() []bar {
	return slices.Concat(lockBars(), bufferBars(), condBars(), bankerBars(), piBars(), rtBars())
}

// lockBars are the bars of package mutex.
func lockBars() []bar {
	bars := []bar{
		againstSync("uncontended", "Lock and Unlock by one goroutine", 1.5),
		againstSync("nested3", "three locks nested", 2),
		againstSync("nested10", "ten locks nested", 2.5),
		againstSync("rlock", "RLock and RUnlock", 1.6),
		againstSync("contended", "8 goroutines on one lock", 1.1),
		allocBar(),
	}
	bars = append(bars, unchanged("held1000", "with 1,000 locks held elsewhere, against alone")...)
	bars = append(bars, unchanged("graph1000", "in a graph of 1,000 classes, against alone")...)
	bars = append(bars, unchanged("ladder20", "in a ladder of 20 layers of known order, against alone")...)
	return append(bars, bar{
		name: "scaling", says: "2 processors with a mutex each against one, divided by sync's", limit: 1.1, unit: "×",
		needs: []key{
			lock("interlock", "own2", "alone"), lock("interlock", "own1", "alone"),
			lock("sync", "own2", "alone"), lock("sync", "own1", "alone"),
		},
		figure: func(v []float64) float64 { return ratio(v[:2]) / ratio(v[2:]) },
	}, bar{
		name: "size", says: "size of a Mutex", limit: 32, unit: " B", figure: only,
		needs:  []key{{"Size/impl=interlock", "B/mutex"}},
		rivals: []key{{"Size/impl=sync", "B/mutex"}, {"Size/impl=go-deadlock", "B/mutex"}},
	}, bar{
		name: "goroutines", says: "memory for 100,000 goroutines that each lock once", limit: 32, unit: " MB",
		figure: func(v []float64) float64 { return v[0] / 1e6 },
		needs:  []key{{"Goroutines/impl=interlock", "B"}},
		rivals: []key{{"Goroutines/impl=sync", "B"}, {"Goroutines/impl=go-deadlock", "B"}},
	}, bar{
		name: "array", says: "a lock of an array of 200,000 nested for the first time, against one of an array of 200", limit: 2, unit: "×",
		needs: []key{{"Array/locks=200000", "sec/lock"}, {"Array/locks=200", "sec/lock"}}, figure: ratio,
	})
}

func allocBar() bar {
	b := bar{
		name: "allocs", says: "allocations of any of these operations", unit: " allocs",
		figure: func(v []float64) float64 { return slices.Max(v) },
	}
	for _, o := range operations {
		b.needs = append(b.needs, allocs("interlock", o))
	}
	return b
}
