package main

import (
	"fmt"
	"slices"
)

// piBars are the bars of package pi.
func piBars() []bar {
	p := func(impl, operation, unit string) key { return key{"Pi/impl=" + impl + "/case=" + operation, unit} }
	against := func(name, says string, limit float64, impl, operation string) bar {
		return bar{
			name: name, says: says, limit: limit, unit: "×", figure: ratio,
			needs: []key{p(impl, operation, "sec/op"), p("sync", operation, "sec/op")},
		}
	}
	return append([]bar{
		against("pi-lock", "Lock and Unlock of a pi.Mutex by one task", 1.1, "pi", "lock"),
		against("pi-ceiling", "the same with a ceiling", 1.6, "ceiling", "lock"),
		{
			name: "pi-allocs", says: "allocations of these, of a Checkpoint, and of a contended Lock", unit: " allocs",
			figure: func(v []float64) float64 { return slices.Max(v) },
			needs: []key{
				p("pi", "lock", "allocs/op"), p("ceiling", "lock", "allocs/op"),
				p("pi", "checkpoint", "allocs/op"), p("pi", "contended", "allocs/op"),
			},
		},
		{
			name: "pi-checkpoint", says: "a Checkpoint with nothing due", limit: 1, unit: " ns", figure: nanoseconds,
			needs: []key{p("pi", "checkpoint", "sec/op")},
		},
		{
			name: "pi-boost", says: "a priority's way along a chain of 10, 100, 500, and 2,000 tasks, for each", limit: 40, unit: " ns",
			figure: nanoseconds, needs: chains(),
		},
		against("pi-spawn", "a task from Go to its end, joined, against a goroutine", 3, "pi", "spawn1"),
		against("pi-spawn100", "the same with 100 started before they are joined", 3, "pi", "spawn100"),
	}, piLaws()...)
}

// nanoseconds is the largest of v in that unit.
func nanoseconds(v []float64) float64 { return slices.Max(v) * 1e9 }

func chains() []key {
	var all []key
	for _, depth := range []int{10, 100, 500, 2000} {
		all = append(all, key{fmt.Sprintf("Boost/impl=pi/case=depth%d", depth), "sec/op"})
	}
	return all
}

// piLaws are those on how long an urgent task waits.
func piLaws() []bar {
	wait := func(impl string, crowd int) key {
		return key{fmt.Sprintf("Inversion/impl=%s/case=crowd%d", impl, crowd), "wait-sec"}
	}
	law := bar{
		name: "pi-law", says: "an urgent task's wait, off the critical section plus the interval between checkpoints (0.05, 0.5, 5, 20 ms)",
		limit: 0.5, unit: " ms", figure: func(v []float64) float64 { return slices.Max(v) },
	}
	for _, interval := range []string{"50µs", "500µs", "5ms", "20ms"} {
		law.needs = append(law.needs, key{"Law/impl=pi/case=" + interval, "off-ms"})
	}
	return []bar{
		{
			name: "pi-crowd", says: "an urgent task's wait with 64 tasks in between, against none", limit: 1.2, unit: "×", figure: ratio,
			needs: []key{wait("pi", 64), wait("pi", 0)}, rivals: []key{wait("go", 64), wait("go", 0)},
		},
		{
			name: "pi-crowd-none", says: "the control, without inheritance: its wait with none in between, against 64", limit: 0.05, unit: "×",
			figure: ratio, needs: []key{wait("none", 0), wait("none", 64)},
		},
		law,
		{
			name: "pi-hogs", says: "an urgent task's wait beyond the critical section, with 4 goroutines outside that compute", limit: 1,
			unit: " ms", figure: only, needs: []key{{"Law/impl=pi/case=hogs4", "over-ms"}},
		},
	}
}
