package engine

// News is what a call found out: a list, because one request can complete several cycles.
type News struct {
	Finding *Finding
	Order   *Order
	Ask     *Ask
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
