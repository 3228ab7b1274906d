package main

import (
	"cmp"
	"runtime"
	"slices"
	"time"

	"github.com/interlock-go/interlock/lockorder"
)

// note is what is measured between two phases, with nothing running.
type note struct {
	at         time.Duration // since the beginning
	live       uint64        // bytes in the heap after a collection
	goroutines int
	locks      int // known to the detector
	orders     int
	findings   int
	waits      int
	held       int
	stats      lockorder.Stats
}

// take waits until everything that has been thrown away is gone, and notes what is left.
func take(began time.Time) (n note) {
	last := -1
	for range 20 {
		runtime.GC() // finds locks that are gone; their clean-ups run soon afterwards
		time.Sleep(5 * time.Millisecond)
		state := lockorder.Snapshot()
		n.locks, n.orders, n.findings = len(state.Locks), len(state.Orders), len(state.Findings)
		n.waits, n.held, n.stats = len(state.Waits), len(state.Held), state.Stats
		if n.locks == last {
			break
		}
		last = n.locks
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	n.at, n.live, n.goroutines = time.Since(began), m.HeapAlloc, runtime.NumGoroutine()
	return n
}

// inUse is the heap in use right now.
func inUse() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse
}

// settled waits a while for the goroutines that have done their work to be gone, and returns how many there are.
func settled(base int) int {
	for range 200 {
		if runtime.NumGoroutine() <= base {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	return runtime.NumGoroutine()
}

// after returns the notes from a time on. The first is the end of the phase that ran at that time.
func after(notes []note, t time.Duration) []note {
	for i, n := range notes {
		if n.at >= t {
			return notes[i:]
		}
	}
	return nil
}

// troughs returns the note with the least live heap of each run of sixteen. What rises and falls, like a set that starts
// afresh when it is full, has its troughs where it had them; a leak lifts them.
func troughs(notes []note) (least []note) {
	for run := range slices.Chunk(notes, 16) {
		least = append(least, slices.MinFunc(run, func(a, b note) int { return cmp.Compare(a.live, b.live) }))
	}
	return least
}

// growth is how many bytes a second the live heap gains: the median of the slopes between all pairs of notes (Theil 1950, Sen
// 1968). It is 0 for less than two notes.
func growth(notes []note) float64 {
	var slopes []float64
	for i, a := range notes {
		for _, b := range notes[i+1:] {
			slopes = append(slopes, (float64(b.live)-float64(a.live))/(b.at-a.at).Seconds())
		}
	}
	return median(slopes)
}

func median[T float64 | time.Duration](all []T) T {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[len(all)/2]
}
