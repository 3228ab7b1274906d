package lockorder_test

import (
	"strconv"
	"strings"

	"github.com/interlock-go/interlock/lockorder"
)

func lineOf(f lockorder.Frame) string { return strconv.Itoa(f.Line) }

func printableASCII(s string) bool {
	for _, c := range []byte(s) {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

func frame(fn, file string, line int) lockorder.Frame {
	return lockorder.Frame{Func: "example.com/svc/" + fn, File: "/src/svc/" + file, Line: line}
}

func aMutex(id uint64, class string) lockorder.Lock {
	return lockorder.Lock{ID: id, Class: class, Type: "Mutex"}
}

func anRWMutex(id uint64, class string) lockorder.Lock {
	return lockorder.Lock{ID: id, Class: class, Type: "RWMutex"}
}

func locked(l lockorder.Lock, stack ...lockorder.Frame) lockorder.Hold {
	return lockorder.Hold{Lock: l, Stack: stack}
}

func holds(h ...lockorder.Hold) []lockorder.Hold { return h }

func report(tier lockorder.Tier, kind lockorder.Kind, edges ...lockorder.Edge) lockorder.Report {
	return lockorder.Report{Tier: tier, Kind: kind, ID: "00c0ffee00c0ffee", Overlap: true, Edges: edges}
}

// put locks the cache and reaches the index by a call; flush locks both itself.
func put(g uint64, cache, index lockorder.Lock) lockorder.Edge {
	top := frame("api.(*Server).handlePut", "api/server.go", 88)
	return lockorder.Edge{
		Goroutine: g,
		Held:      holds(locked(cache, frame("cache.(*Cache).Put", "cache/cache.go", 42), top)),
		Want: locked(index, frame("index.(*Index).Add", "index/index.go", 57),
			frame("cache.(*Cache).Put", "cache/cache.go", 45), top),
	}
}

func flush(g uint64, cache, index lockorder.Lock) lockorder.Edge {
	return lockorder.Edge{
		Goroutine: g,
		Held:      holds(locked(index, frame("index.(*Index).Flush", "index/flush.go", 11))),
		Want:      locked(cache, frame("index.(*Index).Flush", "index/flush.go", 20), frame("main.run", "main.go", 31)),
	}
}

func inPhase(e lockorder.Edge, phase string) lockorder.Edge {
	e.Phase = phase
	return e
}

func alsoHolding(e lockorder.Edge, h lockorder.Hold) lockorder.Edge {
	e.Held = append(holds(h), e.Held...)
	e.Via = 1
	return e
}

func step(g uint64, from, to lockorder.Lock, line int) lockorder.Edge {
	return lockorder.Edge{
		Goroutine: g,
		Held:      holds(locked(from, frame("ring.Step", "ring/step.go", line))),
		Want:      locked(to, frame("ring.Step", "ring/step.go", line+1)),
	}
}

func ring(n int) []lockorder.Edge {
	var edges []lockorder.Edge
	for i := range n {
		edges = append(edges, step(uint64(10+i), aMutex(uint64(1+i), ""), aMutex(uint64(1+(i+1)%n), ""), 10*(i+1)))
	}
	return edges
}

func readers(e lockorder.Edge, held, want bool) lockorder.Edge {
	e.Held[0].Read, e.Want.Read = held, want
	return e
}

// examples has a report for every tier and kind. Names of files are those of
// the golden files.
func examples() map[string]lockorder.Report {
	cache, index, gate := aMutex(3, "cache.mu"), aMutex(4, "index.mu"), aMutex(9, "gate")
	bareCache, bareIndex := aMutex(3, ""), aMutex(4, "")
	table, log := anRWMutex(5, "table"), anRWMutex(6, "log")
	all := map[string]lockorder.Report{
		"deadlock-ring":        report(lockorder.Deadlock, lockorder.KindRing, put(12, cache, index), flush(13, cache, index)),
		"deadlock-ring-3":      report(lockorder.Deadlock, lockorder.KindRing, ring(3)...),
		"deadlock-ring-12":     report(lockorder.Deadlock, lockorder.KindRing, ring(12)...),
		"potential":            report(lockorder.Potential, lockorder.KindInversion, put(12, cache, index), flush(13, cache, index)),
		"potential-no-class":   report(lockorder.Potential, lockorder.KindInversion, put(12, bareCache, bareIndex), flush(13, bareCache, bareIndex)),
		"potential-ring-3":     report(lockorder.Potential, lockorder.KindInversion, ring(3)...),
		"potential-same-class": report(lockorder.Potential, lockorder.KindInversion, step(7, aMutex(3, "account"), aMutex(4, "account"), 10), step(8, aMutex(4, "account"), aMutex(3, "account"), 10)),
		"guarded":              report(lockorder.Guarded, lockorder.KindInversion, guarded(12, gate, put(12, cache, index)), guarded(13, gate, flush(13, cache, index))),
		"ordered":              report(lockorder.Ordered, lockorder.KindInversion, put(12, cache, index), flush(12, cache, index)),
		"ordered-phases":       report(lockorder.Ordered, lockorder.KindInversion, inPhase(put(12, cache, index), "start-up"), flush(13, cache, index)),
		"needs-writer-inversion": report(lockorder.NeedsWriter, lockorder.KindInversion,
			readers(step(7, table, log, 10), true, true), readers(step(8, log, table, 20), true, true)),
		"needs-writer-one-lock": report(lockorder.NeedsWriter, lockorder.KindInversion,
			readers(step(7, table, index, 10), true, false), readers(step(8, index, table, 20), false, true)),
	}
	all["potential-by-class"] = report(lockorder.Potential, lockorder.KindInversion,
		put(12, cache, index), flush(13, aMutex(5, "cache.mu"), aMutex(6, "index.mu")))
	account, other := aMutex(5, "account"), aMutex(6, "account")
	all["potential-mixed-classes"] = report(lockorder.Potential, lockorder.KindInversion,
		step(7, account, other, 10), step(8, other, index, 20), step(9, index, account, 30))
	addSelf(all, cache, table)
	loop := func(g uint64, from, to lockorder.Lock) lockorder.Edge {
		e := step(g, from, to, 10)
		e.Want.Stack[0].Line = 10
		return e
	}
	all["potential-loop"] = report(lockorder.Potential, lockorder.KindInversion, loop(7, bareCache, bareIndex), loop(8, bareIndex, bareCache))
	addViolations(all, cache, index)
	addHazards(all, cache)
	addHostile(all)
	addWaits(all, cache, index)
	apart := report(lockorder.Potential, lockorder.KindInversion, put(12, cache, index), flush(13, cache, index))
	apart.Overlap = false
	all["potential-never-overlapped"] = apart
	refused := report(lockorder.Deadlock, lockorder.KindRing, put(12, cache, index), flush(13, cache, index))
	refused.Refused = true
	all["deadlock-refused"] = refused
	g := all["guarded"]
	g.Gates = []lockorder.Lock{gate}
	all["guarded"] = g
	return all
}

func guarded(g uint64, gate lockorder.Lock, e lockorder.Edge) lockorder.Edge {
	return alsoHolding(e, locked(gate, frame("svc.(*Service).work", "svc.go", 5+int(g))))
}

func addSelf(all map[string]lockorder.Report, cache, table lockorder.Lock) {
	self := func(tier lockorder.Tier, l lockorder.Lock, held, want bool) lockorder.Report {
		return report(tier, lockorder.KindSelf, lockorder.Edge{
			Goroutine: 12,
			Held:      holds(lockorder.Hold{Lock: l, Read: held, Stack: []lockorder.Frame{frame("cache.(*Cache).Put", "cache/cache.go", 42)}}),
			Want: lockorder.Hold{Lock: l, Read: want, Stack: []lockorder.Frame{
				frame("cache.(*Cache).Len", "cache/cache.go", 70), frame("cache.(*Cache).Put", "cache/cache.go", 44),
			}},
		})
	}
	all["deadlock-self"] = self(lockorder.Deadlock, cache, false, false)
	all["deadlock-self-upgrade"] = self(lockorder.Deadlock, table, true, false)
	all["deadlock-self-downgrade"] = self(lockorder.Deadlock, table, false, true)
	direct := step(12, cache, cache, 10)
	direct.Want.Stack = append(direct.Want.Stack, frame("main.run", "main.go", 31))
	direct.Held[0].Stack = append(direct.Held[0].Stack, frame("main.run", "main.go", 31))
	all["deadlock-self-direct"] = report(lockorder.Deadlock, lockorder.KindSelf, direct)
	all["needs-writer-self"] = self(lockorder.NeedsWriter, table, true, true)
	again := self(lockorder.Deadlock, table, true, true).Edges[0]
	writer := lockorder.Edge{Goroutine: 14, Via: -1, Want: locked(table, frame("cache.(*Cache).Clear", "cache/cache.go", 90))}
	all["deadlock-waiting-writer"] = report(lockorder.Deadlock, lockorder.KindRing, again, writer)
	all["potential-waiting-writer"] = report(lockorder.Potential, lockorder.KindInversion, again, writer)
}

func addViolations(all map[string]lockorder.Report, cache, index lockorder.Lock) {
	declared := report(lockorder.Violation, lockorder.KindDeclaredOrder, put(12, cache, index))
	declared.Rule = "index.mu before cache.mu"
	all["violation-order"] = declared
	nesting := report(lockorder.Violation, lockorder.KindClassNesting, step(12, aMutex(3, "shard"), aMutex(4, "shard"), 10))
	nesting.Rule = "NestByRank"
	all["violation-nesting"] = nesting
}

func addHazards(all map[string]lockorder.Report, cache lockorder.Lock) {
	put := locked(cache, frame("cache.(*Cache).Put", "cache/cache.go", 42))
	cond := lockorder.Lock{ID: 8, Class: "", Type: "Cond"}
	all["hazard-wait-holding"] = report(lockorder.Hazard, lockorder.KindWaitHolding, lockorder.Edge{
		Goroutine: 12, Held: holds(put), Want: locked(cond, lockorder.Frame{Func: "sync.(*Cond).Wait", File: "/go/src/sync/cond.go", Line: 71}, frame("cache.(*Cache).Put", "cache/cache.go", 50)),
	})
	all["hazard-held-at-exit"] = report(lockorder.Hazard, lockorder.KindHeldAtExit, lockorder.Edge{Goroutine: 12, Held: holds(put)})
	waiter := lockorder.Edge{Goroutine: 15, Via: -1, Want: locked(cache, frame("cache.(*Cache).Get", "cache/cache.go", 30)), State: "waiting for more than 10s"}
	all["hazard-long-wait"] = report(lockorder.Hazard, lockorder.KindLongWait, waiter, lockorder.Edge{
		Goroutine: 12, Held: holds(put), State: "chan receive, 2 minutes",
		Want: lockorder.Hold{Stack: []lockorder.Frame{frame("cache.(*Cache).fetch", "cache/fetch.go", 12), frame("cache.(*Cache).Put", "cache/cache.go", 50)}},
	})
	all["hazard-long-wait-gone"] = report(lockorder.Hazard, lockorder.KindLongWait, waiter, lockorder.Edge{Goroutine: 12, Held: holds(put), State: "gone"})
	once, cached := lockorder.Lock{ID: 2, Type: "Once"}, aMutex(3, "")
	all["deadlock-once"] = report(lockorder.Deadlock, lockorder.KindRing, step(7, once, cached, 10), step(8, cached, once, 20))
}

// addWaits has the rings through what is no lock.
func addWaits(all map[string]lockorder.Report, cache, index lockorder.Lock) {
	cond := lockorder.Lock{ID: 8, Class: "cache.full", Type: "Cond"}
	full := lockorder.Lock{ID: 10, Type: "Buffer (full)"}
	waits := func(e lockorder.Edge, on lockorder.Lock, wakers ...lockorder.Waker) lockorder.Edge {
		e.Want.Lock, e.Wakers = on, wakers
		return e
	}
	waker := func(g uint64) lockorder.Waker { return lockorder.Waker{Goroutine: g} }
	gone := func(g uint64) lockorder.Waker { return lockorder.Waker{Goroutine: g, Gone: true} }
	signaller := lockorder.Edge{Goroutine: 13, Via: -1, Want: locked(cache, frame("cache.(*Cache).Shrink", "cache/shrink.go", 20))}
	all["deadlock-cond"] = report(lockorder.Deadlock, lockorder.KindRing, waits(put(12, cache, index), cond, waker(13), gone(15)), signaller)

	second := signaller
	second.Goroutine = 14
	knot := report(lockorder.Deadlock, lockorder.KindRing, waits(put(12, cache, index), full, waker(13), waker(14)), signaller)
	knot.Knot = []lockorder.Edge{second}
	all["deadlock-buffer-knot"] = knot

	bare := waits(put(12, cache, index), full, gone(13), gone(14))
	bare.Held, bare.Via = nil, -1
	all["deadlock-abandoned"] = report(lockorder.Deadlock, lockorder.KindRing, bare)
	itself := bare
	itself.Wakers = []lockorder.Waker{waker(12)}
	all["deadlock-waits-for-itself"] = report(lockorder.Deadlock, lockorder.KindRing, itself)

	other := waits(bare, cond, waker(12))
	other.Goroutine = 13
	both := waits(bare, cond, waker(13))
	all["deadlock-cond-both"] = report(lockorder.Deadlock, lockorder.KindRing, both, other)
	refused := report(lockorder.Deadlock, lockorder.KindRing, waits(bare, full, waker(13)), other)
	refused.Refused = true
	all["deadlock-waits-refused"] = refused
}

func addHostile(all map[string]lockorder.Report) {
	evil := lockorder.Lock{ID: 3, Class: "evil\ninterlock: deadlock: \x1b[31mfake", Type: "Mu\rtex"}
	bidi := lockorder.Lock{ID: 4, Class: "rev\u202eerse \"quoted\" " + strings.Repeat("\x00", 300), Type: "RWMutex"}
	f := lockorder.Frame{Func: "example.com/x.F[\nfake]", File: "/src/new\nline/\x07bell.go", Line: -1}
	a := lockorder.Edge{Goroutine: 1, Held: holds(locked(evil, f)), Want: locked(bidi, f), Phase: "ph\tase"}
	b := lockorder.Edge{Goroutine: 2, Held: holds(locked(bidi)), Want: locked(evil)}
	all["hostile-names"] = report(lockorder.Potential, lockorder.KindInversion, a, b)
}
