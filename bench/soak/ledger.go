package main

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/interlock-go/interlock/internal/goroutine"
	"github.com/interlock-go/interlock/lockorder"
)

// expectation is what a kind of fault is reported as.
type expectation struct {
	tier lockorder.Tier
	kind lockorder.Kind
}

// kind is a way to plant a fault.
type kind struct {
	name string
	want expectation
	// echoes are reports that the fault makes on the way, each once for its place in the program:
	// the order in which a ring was taken, or a wait with a lock held.
	echoes []expectation
	kept   bool // its report stays in the process, for no call takes it as an error
	run    func(p *plant)
}

// tally is what has become of the plants of a kind.
type tally struct {
	planted, reported, twins, echoes int
	took                             []time.Duration // from the last preparation to the report
}

// ledger knows all plants, and holds the reports against them.
type ledger struct {
	within time.Duration
	fail   func(format string, args ...any)

	mu     sync.Mutex
	next   int
	of     map[uint64]*plant // by goroutine; of this phase
	tally  map[string]*tally
	stored int // reports that the process keeps
}

func newLedger(within time.Duration, fail func(string, ...any)) *ledger {
	return &ledger{within: within, fail: fail, of: map[uint64]*plant{}, tally: map[string]*tally{}}
}

// plant runs a fault, or its twin, to its end.
func (l *ledger) plant(k kind, twin bool, seed uint64) {
	l.mu.Lock()
	l.next++
	p := &plant{l: l, id: l.next, kind: k, twin: twin, seed: seed, told: make(chan struct{})}
	if l.tally[k.name] == nil {
		l.tally[k.name] = &tally{}
	}
	l.mu.Unlock()
	k.run(p)
	p.all.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.tally[k.name]
	switch {
	case twin:
		t.twins++
		if p.reports > 0 {
			l.fail("plant %d: %s without a fault was reported", p.id, k.name)
		}
		return
	case p.reports == 0:
		l.fail("plant %d: %s was not reported", p.id, k.name)
	case p.reports > 1:
		l.fail("plant %d: %s was reported %d times", p.id, k.name, p.reports)
	case p.took > l.within:
		l.fail("plant %d: %s was reported after %v", p.id, k.name, p.took)
	}
	t.planted++
	if p.reports > 0 {
		t.reported++
		t.took = append(t.took, p.took)
	}
}

// hear is the handler of all reports.
func (l *ledger) hear(r lockorder.Report) {
	l.mu.Lock()
	l.stored++
	l.mu.Unlock()
	l.match(r)
}

// match finds the plant that a report belongs to.
func (l *ledger) match(r lockorder.Report) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var p *plant
	for i, e := range slices.Concat(r.Edges, r.Knot) {
		its := l.of[e.Goroutine]
		if its == nil || i > 0 && its != p {
			l.fail("reported and not planted: %v", r)
			return
		}
		p = its
	}
	got := expectation{r.Tier, r.Kind}
	switch {
	case p == nil:
		l.fail("reported without a goroutine: %v", r)
	case !p.twin && got == p.kind.want && (p.edges == 0 || len(r.Edges) == p.edges):
		p.hear()
	case slices.Contains(p.kind.echoes, got) && (!p.twin || got == holding): // a twin waits with a lock held, too
		l.tally[p.kind.name].echoes++
	default:
		l.fail("plant %d, %s (twin: %v, edges: %d), was reported as something else: %v", p.id, p.kind.name, p.twin, p.edges, r)
	}
}

// forget drops the goroutines of the phase; a report that names one later is not planted.
func (l *ledger) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.of)
}

// totals returns how many faults were planted and reported, and how many twins ran.
func (l *ledger) totals() (planted, reported, twins int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, t := range l.tally {
		planted, reported, twins = planted+t.planted, reported+t.reported, twins+t.twins
	}
	return planted, reported, twins
}

// plant is one fault.
type plant struct {
	l    *ledger
	id   int
	kind kind
	twin bool
	seed uint64
	all  sync.WaitGroup

	// guarded by the ledger's lock
	edges   int // of the report, if it is known
	began   time.Time
	took    time.Duration
	reports int
	told    chan struct{} // closed by the first report
}

// start runs f on a goroutine of the plant.
func (p *plant) start(f func()) {
	p.all.Go(func() {
		p.enlist()
		f()
	})
}

// enlist makes the running goroutine one of the plant's.
func (p *plant) enlist() {
	id := goroutine.CurrentID()
	p.l.mu.Lock()
	p.l.of[id] = p
	p.l.mu.Unlock()
}

// expect says how many edges the report will have, and that the fault is about to happen.
func (p *plant) expect(edges int) {
	p.l.mu.Lock()
	p.edges, p.began = edges, time.Now()
	p.l.mu.Unlock()
}

// hear notes the report. The ledger's lock is held.
func (p *plant) hear() {
	if p.reports++; p.reports == 1 {
		p.took = time.Since(p.began)
		close(p.told)
	}
}

// refused takes the report out of a call's error.
func (p *plant) refused(err error) (yes bool) {
	r, yes := refusal(err)
	switch {
	case yes:
		p.l.match(r)
	case err != nil:
		p.l.fail("plant %d, %s: %v", p.id, p.kind.name, err)
	}
	return yes
}

// await waits for the report, and a while longer than it may take.
func (p *plant) await() {
	select {
	case <-p.told:
	case <-time.After(p.l.within):
	}
}

func (p *plant) String() string { return fmt.Sprintf("plant-%d", p.id) }
