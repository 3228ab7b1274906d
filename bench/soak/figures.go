package main

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"text/tabwriter"
	"time"
)

const (
	mib        = 1 << 20
	longEnough = time.Minute // to plant every kind, also on a busy machine
)

// line says how it goes.
func (s *soak) line(heap uint64) {
	planted, reported, twins := s.ledger.totals()
	ops := int64(0)
	for i := range s.done {
		ops += s.done[i].Load()
	}
	last := note{}
	if len(s.notes) > 0 {
		last = s.notes[len(s.notes)-1]
	}
	elapsed := time.Since(s.began)
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintf(s.out, "soak: %v of %v: %.0f operations/s, %d goroutines, heap %.1f MiB in use, %.1f live after phase %d, %d locks, %d orders; planted %d, reported %d, twins %d; violations %d\n",
		elapsed.Round(time.Second), s.duration, float64(ops)/elapsed.Seconds(), runtime.NumGoroutine(), float64(heap)/mib,
		float64(last.live)/mib, len(s.notes), last.locks, last.orders, planted, reported, twins, s.violations)
}

// judge holds the notes against their limits.
func (s *soak) judge() {
	for _, k := range kinds {
		if t := s.ledger.tally[k.name]; s.duration >= longEnough && (t == nil || t.planted == 0 || t.twins == 0) {
			s.fail("%s was never planted, or its twin was not", k.name)
		}
	}
	for i, l := range loads {
		if s.done[i].Load() == 0 {
			s.fail("%s did nothing", l.name)
		}
	}
	late := after(s.notes, s.warmUp())
	if slope := growth(troughs(late)); len(late) >= slopeNotes && slope > slopeLimit {
		s.fail("the live heap grows by %.0f bytes/s", slope)
	}
}

// figures prints them in tables.
func (s *soak) figures() {
	elapsed := time.Since(s.began)
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "\nload\toperations\tper second\n")
	for i, l := range loads {
		n := s.done[i].Load()
		fmt.Fprintf(w, "%s\t%d\t%.0f\n", l.name, n, float64(n)/elapsed.Seconds())
	}
	fmt.Fprintf(w, "\nplanted\tfaults\treported\ttwins\techoes\tmedian\tlongest\n")
	for _, k := range kinds {
		t := s.ledger.tally[k.name]
		if t == nil {
			continue
		}
		longest := time.Duration(0)
		if len(t.took) > 0 {
			longest = slices.Max(t.took)
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%v\t%v\n", k.name, t.planted, t.reported, t.twins, t.echoes,
			median(t.took).Round(time.Microsecond), longest.Round(time.Microsecond))
	}
	late := after(s.notes, s.warmUp())
	if len(late) > 0 {
		first, last := late[0], late[len(late)-1]
		most := slices.MaxFunc(late, func(a, b note) int { return cmp.Compare(a.live, b.live) })
		fmt.Fprintf(w, "\n\tafter the warm-up\tat the end\tlimit\n")
		fmt.Fprintf(w, "live heap, MiB\t%.2f\t%.2f\t\n", float64(first.live)/mib, float64(last.live)/mib)
		fmt.Fprintf(w, "most live, MiB\t\t%.2f\t\n", float64(most.live)/mib)
		fmt.Fprintf(w, "growth, bytes/s\t\t%.0f\t%d\n", growth(troughs(late)), slopeLimit)
		fmt.Fprintf(w, "heap in use at most, MiB\t\t%.1f\t%d\n", float64(s.peak)/mib, s.ceiling)
		fmt.Fprintf(w, "goroutines\t%d\t%d\tas at the start\n", first.goroutines, last.goroutines)
		fmt.Fprintf(w, "locks known\t%d\t%d\t\n", first.locks, last.locks)
		fmt.Fprintf(w, "orders known\t%d\t%d\t\n", first.orders, last.orders)
		fmt.Fprintf(w, "reports kept\t%d\t%d\t\n", first.findings, last.findings)
		fmt.Fprintf(w, "searches cut short\t%d\t%d\t\n", first.stats.Truncated, last.stats.Truncated)
		fmt.Fprintf(w, "orders given up at the bound\t%d\t%d\t\n", first.stats.Aged, last.stats.Aged)
	}
	planted, reported, twins := s.ledger.totals()
	fmt.Fprintf(w, "\n%d phases, %v: planted %d, reported %d, silent twins %d, violations %d (seed %d)\n",
		s.phases, elapsed.Round(time.Second), planted, reported, twins, s.violations, s.seed)
	w.Flush()
}
