package lockorder

import (
	"slices"
	"sync"
)

// record is a finding and what has become of it.
type record struct {
	report  Report
	by      finder
	repeats uint64 // delivered again; the engine counts what it does not deliver
	claimed bool   // a test has been told
}

// findings keeps every finding of the process. mu is a plain sync.Mutex, held
// for a few stores only and never while foreign code runs.
var findings struct {
	mu   sync.Mutex
	list []*record
	byID map[string]*record
}

// remember stores a finding and reports whether it is the first with its ID.
func remember(r Report, by finder) bool {
	findings.mu.Lock()
	defer findings.mu.Unlock()
	if old := findings.byID[r.ID]; old != nil {
		old.repeats++
		return false
	}
	if findings.byID == nil {
		findings.byID = map[string]*record{}
	}
	rec := &record{report: r, by: by}
	findings.byID[r.ID] = rec
	findings.list = append(findings.list, rec)
	return true
}

// forget empties the list, for tests that make the same finding again.
func forget() {
	findings.mu.Lock()
	findings.list, findings.byID = nil, nil
	findings.mu.Unlock()
}

// reports returns the findings so far, each a value that nobody changes.
func reports() []Report {
	findings.mu.Lock()
	defer findings.mu.Unlock()
	all := make([]Report, len(findings.list))
	for i, rec := range findings.list {
		all[i] = rec.report
	}
	return all
}

// claim marks the unclaimed findings that want selects and returns them, the
// gravest first, so that each is told to one test only.
func claim(want func(*record) bool) []Report {
	findings.mu.Lock()
	defer findings.mu.Unlock()
	var got []Report
	for _, rec := range findings.list {
		if !rec.claimed && want(rec) {
			rec.claimed = true
			got = append(got, rec.report)
		}
	}
	gravestFirst(got)
	return got
}

func gravestFirst(rs []Report) {
	slices.SortStableFunc(rs, func(a, b Report) int { return int(a.Tier) - int(b.Tier) })
}
