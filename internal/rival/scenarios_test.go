//go:build !interlock_off

//lint:file-ignore SA2001 what is tried is locking, not what is locked

package rival_test

import (
	"fmt"
	"runtime"
	"sync"
	"testing"

	deadlock "github.com/sasha-s/go-deadlock"
	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/goroutine"
	"github.com/interlock-go/interlock/internal/oracle"
	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

// scenario is a program with what the oracle and both detectors say of it.
type scenario struct {
	name    string
	program string // in the notation of parse
	order   string // as for run
	truth   string // by the oracle, or, if byHand, by the reason there
	byHand  string // why the oracle cannot be asked
	ours    string
	rival   string
	setting setting
}

// setting is what surrounds a program, or stands in for how it is run.
type setting struct {
	locks func(locks []lock) // what is done to them first
	run   func(*stage)       // in place of stage.run
	judge func(*testing.T, *detector) string
}

// Tiers of ours that are no verdict of the oracle's.
const (
	potential = "potential"
	guarded   = "guarded"
	ordered   = "ordered"
)

// Why the oracle cannot be asked.
const (
	handOff = "a lock changes hands"
	many    = "too many locks"
)

var scenarios = []scenario{
	// Orders.
	{name: "one order", program: "A B | A B", truth: none, ours: none, rival: none},
	{name: "both orders", program: "A B | B A", truth: deadlocks, ours: potential, rival: inconsistent},
	{name: "ring of three", program: "A B | B C | C A", truth: deadlocks, ours: potential, rival: none},
	{name: "ring of five", program: "A B | B C | C D | D E | E A", truth: deadlocks, ours: potential, rival: none},
	{name: "ring over four orders", program: "A B | C D | B D | D A", truth: deadlocks, ours: potential, rival: none},
	{name: "three nested, then the outer within the inner", program: "A B C | C A", truth: deadlocks, ours: potential, rival: inconsistent},
	{name: "gate around both", program: "C A B | C B A", truth: none, ours: guarded, rival: inconsistent},
	{name: "gate around one", program: "C A B | B A", truth: deadlocks, ours: potential, rival: inconsistent},
	{name: "gate held for reading", program: "rC A B | rC B A", truth: deadlocks, ours: potential, rival: inconsistent},
	{name: "gate released early", program: "C A -C B -B -A | C B -C A -A -B", truth: deadlocks, ours: potential, rival: inconsistent},
	{name: "both orders in one goroutine", program: "A B; B A", truth: none, ours: ordered, rival: inconsistent},
	{
		name: "both orders in declared phases", program: "A B | B A", ours: ordered, rival: inconsistent,
		truth: none, byHand: "phases", setting: setting{run: inPhases},
	},
	{
		name: "two classes in both orders, by different locks", program: "A B | D C", ours: potential, rival: none,
		truth: deadlocks, byHand: "of two other locks of these classes", setting: setting{locks: classes},
	},
	{name: "unlocked out of order, then both orders", program: "A B -A C -C -B | C B", truth: deadlocks, ours: potential, rival: inconsistent},
	{name: "hand over hand", program: "A B -A C -B D -C -D | A B -A C -B D -C -D", truth: none, ours: none, rival: none},
	{
		name: "both orders, 70,000 other pairs in between", program: "A B | B A", ours: potential, rival: none,
		truth: deadlocks, byHand: many, setting: setting{judge: judgeLongAgo("pairs", false)},
	},
	{
		name: "both orders, 70,000 others within A in between", program: "A B | B A", ours: potential, rival: none,
		truth: deadlocks, byHand: many, setting: setting{judge: judgeLongAgo("within", true)},
	},
	// Locks within themselves.
	{name: "locked twice", program: "A A", truth: deadlocks, ours: deadlocks, rival: recursive},
	{name: "read, then locked", program: "rA A", truth: deadlocks, ours: deadlocks, rival: recursive},
	{name: "locked, then read", program: "A rA", truth: deadlocks, ours: deadlocks, rival: recursive},
	{name: "read twice", program: "rA rA", truth: needsWriter, ours: needsWriter, rival: recursive},
	{name: "read twice, and a writer", program: "rA rA | A", truth: deadlocks, ours: potential, rival: recursive},
	// Readers and writers.
	{name: "both orders, one side reads", program: "rA B | B A", truth: deadlocks, ours: potential, rival: inconsistent},
	{name: "both orders, both sides read one", program: "rA B | B rA", truth: needsWriter, ours: needsWriter, rival: inconsistent},
	{name: "the same, and a writer", program: "rA B | B rA | A", truth: deadlocks, ours: potential, rival: inconsistent},
	{name: "both orders, read only", program: "rA rB | rB rA", truth: needsWriter, ours: needsWriter, rival: inconsistent},
	{name: "the same, and writers", program: "rA rB | rB rA | A | B", truth: deadlocks, ours: potential, rival: inconsistent},
	{name: "ring of three, every inner one read", program: "A rB | B rC | C rA", truth: deadlocks, ours: potential, rival: none},
	{name: "both orders, read through RLocker", program: "rA B | B A", truth: deadlocks, ours: potential, rival: none, setting: setting{locks: throughRLocker}},
	// Trying.
	{name: "both orders, both inner ones tried", program: "A tB | B tA", truth: none, ours: none, rival: inconsistent},
	{name: "both orders, one inner one tried", program: "A tB | B A", truth: none, ours: none, rival: inconsistent},
	{name: "both orders, both outer ones tried", program: "tA B | tB A", truth: deadlocks, ours: potential, rival: inconsistent},
	{name: "trying what one holds", program: "A tA", truth: none, ours: none, rival: recursive},
	{name: "both orders, a failed TryLock elsewhere", program: "A B | tA | B A", order: "1211 1333 3", truth: deadlocks, ours: potential, rival: none},
	// Hand-offs.
	{name: "locked here, unlocked there", program: "A . | -A | B A", truth: none, byHand: handOff, ours: none, rival: none},
	{name: "read here, released there", program: "rA . | -rA | A", truth: none, byHand: handOff, ours: none, rival: none},
	{name: "handed over, then both orders", program: "A . | -A | A B | B A", truth: deadlocks, byHand: handOff, ours: potential, rival: inconsistent},
	{name: "handed over, the next owner locks more", program: "A . | B -B -A | B A", truth: deadlocks, byHand: handOff, ours: none, rival: none},
	{name: "waits for a helper's Unlock", program: "A A -A | -A", order: "1121", truth: none, byHand: handOff, ours: deadlocks, rival: recursive},
	// What hangs while it runs.
	{name: "both orders, hangs", program: "A B | B A", order: "1212", truth: deadlocks, ours: deadlocks, rival: inconsistent},
	{name: "ring of three, hangs", program: "A B | B C | C A", order: "123 123", truth: deadlocks, ours: deadlocks, rival: timeout},
	{name: "read twice, a writer waits in between, hangs", program: "rA rA | A", order: "121", truth: deadlocks, ours: deadlocks, rival: recursive},
	{name: "locked twice, a failed TryLock in between, hangs", program: "A A | tA", order: "121", truth: deadlocks, ours: deadlocks, rival: none},
	{name: "both orders, failed TryLocks in between, hangs", program: "A B | B A | tA; tB", order: "123312", truth: deadlocks, ours: deadlocks, rival: none},
}

// judge runs the scenario with one detector.
func (c *scenario) judge(t *testing.T, d *detector) string {
	t.Helper()
	if c.setting.judge != nil {
		return c.setting.judge(t, d)
	}
	p := parse(c.program)
	locks := d.begin(locksOf(p))
	if c.setting.locks != nil {
		c.setting.locks(locks)
	}
	s := newStage(t, len(p), locks)
	if c.setting.run != nil {
		c.setting.run(s)
	} else {
		s.run(p, c.order)
	}
	if s.waiting() > 0 && d == &rival {
		limit := patience
		if c.rival == none {
			limit = never
		}
		d.findings.await(limit)
	}
	v := d.findings.gravest()
	s.end()
	return v
}

func TestScenarios(t *testing.T) {
	for _, c := range scenarios {
		t.Run(c.name, func(t *testing.T) {
			if c.byHand == "" {
				require.Equal(t, c.truth, truth(new(oracle.Explorer), parse(c.program)), "oracle")
			}
			require.Equal(t, c.ours, c.judge(t, &ours), "interlock")
			require.Equal(t, c.rival, c.judge(t, &rival), "go-deadlock")
		})
	}
}

func inPhases(s *stage) {
	defer lockorder.Phase("start")()
	s.run(parse("A B |"), "")
	defer lockorder.Phase("stop")()
	s.run(parse("| B A"), "")
}

var classOf = []*lockorder.Class{lockorder.NewClass("a"), lockorder.NewClass("b")}

// classes puts A and C into one class, B and D into another. go-deadlock has none.
func classes(locks []lock) {
	for i, l := range locks {
		if rw, ok := l.(*mutex.RWMutex); ok {
			mutex.SetClass(rw, classOf[i%2])
		}
	}
}

// readsThrough is an RWMutex that is read through its RLocker.
type readsThrough struct {
	lock
	side sync.Locker
}

func (l readsThrough) RLock()   { l.side.Lock() }
func (l readsThrough) RUnlock() { l.side.Unlock() }

func throughRLocker(locks []lock) {
	for i, l := range locks {
		locks[i] = readsThrough{l, l.RLocker()}
	}
}

// longAgo nests B in A, then 70,000 locks that nobody has used before, each in A or in a lock of its own, and
// then A in B.
func longAgo(d *detector, inA bool) string {
	locks := d.begin(2)
	n := 70_000
	if d == &ours && !goroutine.Direct {
		n /= 3 // each call prints a stack there
	}
	outer, inner := locks[0], make([]lock, n)
	elsewhere(func() {
		nest(locks[0], locks[1])
		for i := range inner {
			inner[i] = d.lock()
			if !inA {
				outer = d.lock()
			}
			outer.Lock() // a place of its own: interlock ages orders by the place where they are learnt
			inner[i].Lock()
			inner[i].Unlock()
			outer.Unlock()
		}
	})
	elsewhere(func() { nest(locks[1], locks[0]) })
	runtime.KeepAlive(inner)
	return d.findings.gravest()
}

// elsewhere runs f on a goroutine of its own and waits for it.
func elsewhere(f func()) {
	done := make(chan struct{})
	go func() { defer close(done); f() }()
	<-done
}

func nest(outer, inner lock) {
	perform(outer, oracle.Lock)
	perform(inner, oracle.Lock)
	perform(inner, oracle.Unlock)
	perform(outer, oracle.Unlock)
}

// judgeLongAgo asks go-deadlock in a process of its own, with its own bound of 65,536 pairs.
func judgeLongAgo(name string, inA bool) func(*testing.T, *detector) string {
	children[name] = func() {
		deadlock.Opts.OnPotentialDeadlock = func() {}
		deadlock.Opts.LogBuf = &rival.findings
		fmt.Print(longAgo(&rival, inA))
	}
	return func(t *testing.T, d *detector) string {
		t.Helper()
		if d == &ours {
			return longAgo(d, inA)
		}
		out, _ := child(t, name, 6*patience) // on a busy machine under -race
		return out
	}
}
