package engine

import "sync/atomic"

// News is what a call found out: a list, because one request can complete several cycles.
type News struct {
	Finding *Finding
	Order   *Order
	next    *News
}

// join appends more to n; either may be nil.
//
//go:norace
func (n *News) join(more *News) *News {
	if n == nil {
		return more
	}
	last := n
	for last.next != nil {
		last = last.next
	}
	last.next = more
	return n
}

// Tell makes news of a finding.
//
//go:norace
func Tell(f *Finding) *News { return &News{Finding: f} }

// Order is a dependency as its first sighting showed it.
type Order struct {
	Goroutine uint64
	Held      []Hold
	Want      Hold
	Count     uint64 // goroutines seen to use it; above 8 no longer counted
}

var (
	sink      atomic.Pointer[func(*Finding)]
	orderSink atomic.Pointer[func(Order)]
)

// SetSink sets who is told each distinct finding, once. It is called on the goroutine
// that made the finding, with nothing internal held.
func SetSink(f func(*Finding)) { sink.Store(&f) }

// SetOrderSink sets who is told each dependency when it is first recorded. It is
// called like the sink of findings.
func SetOrderSink(f func(Order)) { orderSink.Store(&f) }

// Emit passes news on. The caller is outside quiet sections and holds nothing internal.
func Emit(n *News) {
	for ; n != nil; n = n.next {
		if f := sink.Load(); f != nil && n.Finding != nil {
			n.Finding.Fill()
			(*f)(n.Finding)
		}
		if f := orderSink.Load(); f != nil && n.Order != nil {
			(*f)(*n.Order)
		}
	}
}
