package main

// inWakers are mutants of what shows the detector the calls that wait. A client notices some of them late or by chance.
var inWakers = suite{tests: []string{"./internal/wakers"}, mutants: []mutant{
	{"internal/wakers/wakers.go", "\tw.registered.Store(true)\n", "", "nobody registers"},
	{"internal/wakers/wakers.go", "return w != nil && w.registered.Load()", "return w != nil", "a hazard makes tickets"},
	{"internal/wakers/wakers.go", "\t\tt.waiter.Served()\n", "", "who is served is seen waiting"},
	{"internal/wakers/wakers.go", "return func() { engine.Emit(w.condition.Unregister(g)) }", "return func() {}", "a registration cannot be taken back"},
}}

// inPark are mutants of the queues of calls that wait with a context.
var inPark = suite{tests: []string{"./internal/park", "-rapid.nofailfile", "-rapid.shrinktime=1ms"}, mutants: []mutant{
	{"internal/park/park.go", "for !front && *p != 0 {", "for *p != 0 {", "who came too late goes to the end"},
	{"internal/park/park.go", "for !front && *p != 0 {", "for false {", "last in, first out"},
	{"internal/park/park.go", "\tf.SetWaited()\n", "", "nobody learns that somebody waits"},
	{"internal/park/park.go", "\t\ts.settle(w.addr, f)\n", "", "who gives up is still said to wait"},
	{"internal/park/park.go", "\t\t*p, w.queued = w.next, false\n\t\ts.settle", "\t\t*p = w.next\n\t\ts.settle", "who gave up counts as queued"},
	{"internal/park/park.go", "\t\t*p, w.queued = w.next, false\n\t\tselect", "\t\t*p = w.next\n\t\tselect", "who was woken counts as queued"},
	{"internal/park/park.go", "if w.addr != addr {", "if false {", "a waiter for another lock is woken"},
	{"internal/park/park.go", "if !all {", "if true {", "one is woken instead of all"},
	{"internal/park/park.go", "if !all {", "if false {", "all are woken instead of one"},
	{"internal/park/park.go", "\t}\n\ts.settle(addr, f)\n", "\t}\n", "the last is woken and said to wait"},
	{"internal/park/park.go", "if at(p).addr == addr {", "if false {", "nobody is said to wait while some do"},
	{"internal/park/park.go", "if at(p).addr == addr {", "if true {", "who waits for another lock is said to wait for this one"},
	{"internal/park/park.go", "\t\tcase w.C <- struct{}{}: //house:allow sent without waiting, in a quiet section\n", "", "nobody is woken"},
	{"internal/park/park.go", "\t\tdefault: // it has been called", "\t\t\t// it has been called", "who was called for another reason stops the waker"},
}}
