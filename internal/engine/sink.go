package engine

import "sync/atomic"

var (
	sink      atomic.Pointer[func(*Finding)]
	orderSink atomic.Pointer[func(Order)]
	onReset   atomic.Pointer[func()]
	pauser    atomic.Pointer[func(*Ask)]
)

// SetSink sets who is told each distinct finding, once. It is called on the goroutine
// that made the finding, with nothing internal held.
func SetSink(f func(*Finding)) { sink.Store(&f) }

// SetOrderSink sets who is told of dependencies, of each kind as often as [listening] says. It is
// called like the sink of findings.
func SetOrderSink(f func(Order)) { orderSink.Store(&f) }

// SetPauser sets who is shown each request before it is made. It is called on the goroutine
// that asks, which does not count as blocked, with nothing internal held, and may take its
// time. A request is shown whether or not its order is known, so the fast path is closed: this
// is called at start, before there are goroutines to speak of.
func SetPauser(f func(*Ask)) {
	CloseFastPath()
	pauser.Store(&f)
}

// OnReset sets what else [Reset] does: who keeps the findings that the sink was given forgets
// them as well, or would take the next one like them for a repeat.
func OnReset(f func()) { onReset.Store(&f) }

func resetSink() {
	if f := onReset.Load(); f != nil {
		(*f)()
	}
}

// Emit passes news on. The caller is outside quiet sections and holds nothing internal. What
// the rest says is passed on even if who is told of the first panics or ends the goroutine: it is
// counted as told and would not come again.
func Emit(n *News) {
	if n == nil {
		return
	}
	defer Emit(n.next)
	if f := sink.Load(); f != nil && n.Finding != nil {
		n.Finding.Fill()
		(*f)(n.Finding)
	}
	if f := orderSink.Load(); f != nil && n.Order != nil {
		(*f)(*n.Order)
	}
	if f := pauser.Load(); f != nil && n.Ask != nil {
		(*f)(n.Ask)
	}
}
