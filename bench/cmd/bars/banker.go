package main

import "fmt"

// bankerBars are the bars of package banker and its core. That so many decisions cost no more
// than one of the rival's is how they say that one is so many times cheaper.
func bankerBars() []bar {
	in := func(benchmark, impl, rest, unit string) key { return key{benchmark + "/impl=" + impl + rest, unit} }
	times := func(n float64) func([]float64) float64 {
		return func(v []float64) float64 { return n * v[0] / v[1] }
	}
	var bars []bar
	for _, c := range []struct {
		jobs  int
		times float64
	}{{1_000, 15}, {10_000, 100}, {100_000, 800}} {
		for _, m := range []int{1, 16, 64} {
			rest := fmt.Sprintf("/n=%d/m=%d", c.jobs, m)
			bars = append(bars, bar{
				name:  fmt.Sprintf("banker-%d-%d", c.jobs, m),
				says:  fmt.Sprintf("%g decisions on the typical mix of %d jobs and %d resources, against one of the tuned textbook algorithm", c.times, c.jobs, m),
				limit: 1, unit: "×", figure: times(c.times),
				needs: []key{in("Decision", "interlock", rest, "sec/op"), in("Decision", "textbook", rest, "sec/op")},
			})
		}
	}
	for _, m := range []int{1, 16, 64} {
		bars = append(bars, bar{
			name: fmt.Sprintf("banker-job-%d", m), says: fmt.Sprintf("memory of a job with %d resources", m),
			limit: float64(16*m + 48), unit: " B", figure: only,
			needs: []key{in("Job", "interlock", fmt.Sprintf("/m=%d", m), "B/job")},
		})
	}
	return append(bars,
		bar{
			name: "banker-chain", says: "1,000 decisions on a chain of 100,000 jobs and 64 resources, against one of Holt's algorithm",
			limit: 1, unit: "×", figure: times(1000),
			needs: []key{in("Chain", "interlock", "", "sec/op"), in("Chain", "holt", "", "sec/op")},
		},
		bar{
			name: "banker-stuck", says: "a refusal that leaves 10,000 jobs stuck, against one pass over them", limit: 4, unit: "×", figure: ratio,
			needs: []key{in("Stuck", "interlock", "", "sec/op"), in("Stuck", "pass", "", "sec/op")},
		},
		bar{
			name: "banker-four", says: "four resources taken and given back, against four semaphores", limit: 1, unit: "×", figure: ratio,
			needs: []key{in("Four", "interlock", "", "sec/op"), in("Four", "semaphore", "", "sec/op")},
		},
		bar{
			name: "banker-allocs", says: "allocations of that, and of a refusal", unit: " allocs",
			figure: func(v []float64) float64 { return max(v[0], v[1]) },
			needs:  []key{in("Four", "interlock", "", "allocs/op"), in("Stuck", "interlock", "", "allocs/op")},
		},
		bar{
			name: "banker-tests", says: "safety tests a release, with 1,000 waiting", limit: 15, figure: only,
			needs: []key{in("Release", "interlock", "", "tests/release")},
		},
		bar{
			name: "banker-whale", says: "100 times what a job that wants everything gets among 127 small ones without a bound on overtaking, against what it gets with 256",
			limit: 1, unit: "×", figure: times(100),
			needs: []key{in("Whale", "unbounded", "", "whales/tick"), in("Whale", "bounded", "", "whales/tick")},
		},
		bar{
			name: "banker-others", says: "45 % of what the small ones get without it, against what they get with it",
			limit: 1, unit: "×", figure: times(0.45),
			needs: []key{in("Whale", "unbounded", "", "others/tick"), in("Whale", "bounded", "", "others/tick")},
		},
	)
}
