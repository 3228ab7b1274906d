package bench_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/interlock-go/interlock/internal/safestate"
)

// BenchmarkDecision is the mean cost of a decision on a request whose units are free. All
// decide on the same requests in the same states, and must decide the same.
//
// Interlock's includes what it costs to keep its state when units come back; the
// textbook's does not, and is taken from an even sample of the decisions, because all of
// them would take minutes.
func BenchmarkDecision(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		for _, m := range []int{1, 16, 64} {
			b.Run(fmt.Sprintf("impl=interlock/n=%d/m=%d", n, m), func(b *testing.B) {
				x := streamOf(n, m)
				b.ReportAllocs()
				b.ResetTimer()
				for range b.N {
					b.StopTimer()
					s := x.state()
					b.StartTimer()
					replay(b, s, x.events)
				}
				b.ReportMetric(float64(b.Elapsed())/float64(b.N)/decided, "ns/op")
				b.ReportMetric(100*x.granted(), "granted%")
			})
			b.Run(fmt.Sprintf("impl=textbook/n=%d/m=%d", n, m), func(b *testing.B) {
				x := streamOf(n, m)
				var spent time.Duration
				decisions := 0
				for range b.N {
					d, k := x.study(b, max(1, n/1000))
					spent += d
					decisions += k
				}
				b.ReportMetric(float64(spent)/float64(decisions), "ns/op")
			})
		}
	}
}

func replay(b *testing.B, s *safestate.State, events []event) {
	for i := range events {
		e := &events[i]
		if e.returned {
			s.Release(e.job, e.amount[:])
		} else if (s.Acquire(e.job, e.amount[:]) == safestate.Granted) != e.granted {
			b.Fatal("decides otherwise")
		}
	}
}

func (x *stream) granted() float64 {
	granted := 0
	for _, e := range x.events {
		if e.granted {
			granted++
		}
	}
	return float64(granted) / decided
}

// study lets the textbook's algorithm decide on one of so many requests.
func (x *stream) study(b *testing.B, every int) (spent time.Duration, decisions int) {
	book, holders := x.book()
	asked := 0
	for _, e := range x.events {
		j, a := int(e.job), e.amount[0]
		if e.returned {
			book.Take(j, a.Resource, -a.Units)
			if !slices.ContainsFunc(book.Held[j*x.m:][:x.m], func(h int64) bool { return h > 0 }) {
				i, _ := slices.BinarySearch(holders, int32(j))
				holders = slices.Delete(holders, i, i+1)
			}
			continue
		}
		if asked++; asked%every == 0 {
			start := time.Now()
			book.Take(j, a.Resource, a.Units)
			safe := book.Tuned(j, holders)
			book.Take(j, a.Resource, -a.Units)
			spent += time.Since(start)
			decisions++
			if safe != e.granted {
				b.Fatal("the textbook decides otherwise")
			}
		}
		if e.granted {
			book.Take(j, a.Resource, a.Units)
			if i, found := slices.BinarySearch(holders, int32(j)); !found {
				holders = slices.Insert(holders, i, int32(j))
			}
		}
	}
	return spent, decisions
}
