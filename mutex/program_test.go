//go:build !interlock_off

package mutex_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/oracle"
	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

// lock is a Mutex or an RWMutex; a Mutex has no read side.
type lock struct {
	sync.Locker
	try, tryRead func() bool
	read         sync.Locker
}

func newMutex() lock {
	m := new(mutex.Mutex)
	return lock{Locker: m, try: m.TryLock}
}

func newRWMutex() lock {
	rw := new(mutex.RWMutex)
	return lock{Locker: rw, try: rw.TryLock, tryRead: rw.TryRLock, read: rwReader{rw}}
}

// rwReader is the read side by RLock and RUnlock, which are the ways to take most often.
type rwReader struct{ rw *mutex.RWMutex }

func (r rwReader) Lock()   { r.rw.RLock() }
func (r rwReader) Unlock() { r.rw.RUnlock() }

// side is what a hold of l is released by.
func (l lock) side(read bool) sync.Locker {
	if read {
		return l.read
	}
	return l.Locker
}

// run runs the goroutines of a program one after the other, on locks that play for those of the
// oracle. It ends with the first that can never go on.
func (w *watch) run(p oracle.Program, locks []lock) {
	w.t.Helper()
	for _, g := range p {
		stuck := false
		elsewhere(func() { stuck = w.walk(g, locks) })
		if stuck {
			require.Equal(w.t, lockorder.Deadlock, w.Gravest(), "nothing said of a goroutine in its own way:\n%v", p)
			return
		}
	}
}

// walk makes one goroutine's calls and reports whether it stood in its own way.
func (w *watch) walk(g oracle.Goroutine, locks []lock) (stuck bool) {
	var held []oracle.Held
	for pc := 0; pc < len(g); {
		op := g[pc]
		pc++
		l, read := locks[op.Lock], op.Kind.Reads() || op.Kind == oracle.RUnlock
		hold := oracle.Held{Lock: op.Lock, Read: read}
		switch {
		case op.Kind == oracle.Unlock || op.Kind == oracle.RUnlock:
			l.side(read).Unlock()
			i := slices.Index(held, hold)
			held = slices.Delete(held, i, i+1)
			continue
		case op.Kind == oracle.TryLock && !l.try(), op.Kind == oracle.TryRLock && !l.tryRead():
			pc = int(op.Else)
			continue
		case !op.Kind.Tries() && inItsOwnWay(held, hold):
			w.letGo(l, held, hold)
			return true
		case !op.Kind.Tries():
			l.side(read).Lock()
		}
		held = append(held, hold)
	}
	return false
}

func inItsOwnWay(held []oracle.Held, want oracle.Held) bool {
	return slices.ContainsFunc(held, func(h oracle.Held) bool { return h.Lock == want.Lock && !(h.Read && want.Read) })
}

// letGo asks for what the goroutine itself bars, lets another one open the way after the report,
// and releases everything.
func (w *watch) letGo(l lock, held []oracle.Held, want oracle.Held) {
	w.Forget()
	var rescue sync.WaitGroup
	rescue.Go(func() {
		w.Arrives()
		for _, h := range held {
			if h.Lock == want.Lock {
				l.side(h.Read).Unlock()
			}
		}
	})
	l.side(want.Read).Lock()
	rescue.Wait()
	l.side(want.Read).Unlock()
}

// sections is a program before it is flattened: each goroutine's sections.
type sections [][]oracle.Section

func (s sections) program() oracle.Program {
	var p oracle.Program
	for _, g := range s {
		p = append(p, oracle.Do(g...))
	}
	return p
}

// without leaves out the locks in the set.
func (s sections) without(set uint) sections {
	out := make(sections, len(s))
	for i, g := range s {
		for _, sec := range g {
			kept := slices.DeleteFunc(slices.Clone(sec), func(a oracle.Acquire) bool { return set>>a.Lock&1 != 0 })
			out[i] = append(out[i], kept)
		}
	}
	return out
}

// apart runs every section on a goroutine of its own.
func (s sections) apart() sections {
	var out sections
	for _, g := range s {
		for _, sec := range g {
			out = append(out, []oracle.Section{sec})
		}
	}
	return out
}

// tier is the gravest tier that a detector must give to the program. It says in terms of schedules
// what each tier means, and leaves it to the oracle to find one that deadlocks:
//
//	Deadlock     a goroutine bars its own way, alone
//	Potential    the program deadlocks
//	NeedsWriter  it does if there is somebody who writes each lock, by itself
//	Guarded      it does if some of its locks, the gates, are taken away as well
//	Ordered      it does if each section is run by a goroutine of its own as well
func (s sections) tier(x *oracle.Explorer, n uint8) lockorder.Tier {
	p := s.program()
	for _, g := range p {
		if made := g.Acquisitions(); len(made) > 0 {
			if last := made[len(made)-1]; inItsOwnWay(last.Held, last.Want) {
				return lockorder.Deadlock
			}
		}
	}
	switch {
	case x.Deadlocks(p):
		return lockorder.Potential
	case s.deadlocksWithWriters(x, n):
		return lockorder.NeedsWriter
	case s.deadlocksWithoutGates(x, n):
		return lockorder.Guarded
	case s.apart().deadlocksWithoutGates(x, n):
		return lockorder.Ordered
	}
	return nothing
}

func (s sections) deadlocksWithWriters(x *oracle.Explorer, n uint8) bool {
	p := s.program()
	for l := range n {
		p = append(p, oracle.Do(oracle.Section{{Kind: oracle.Lock, Lock: l}}))
	}
	return x.Deadlocks(p)
}

func (s sections) deadlocksWithoutGates(x *oracle.Explorer, n uint8) bool {
	for set := range uint(1) << n {
		if s.without(set).deadlocksWithWriters(x, n) {
			return true
		}
	}
	return false
}

// tierNames are for counting.
var tierNames = map[lockorder.Tier]string{
	nothing: "nothing", lockorder.Deadlock: "deadlock", lockorder.Potential: "potential",
	lockorder.NeedsWriter: "needs-writer", lockorder.Guarded: "guarded", lockorder.Ordered: "ordered",
}

// judge runs the program for real and returns the gravest tier reported.
func judge(t *testing.T, p oracle.Program, locks []lock) lockorder.Tier {
	t.Helper()
	w := detect(t)
	w.run(p, locks)
	return w.Gravest()
}
