package pi_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/interlock-go/interlock/pi"
)

// A random program: each step tells one actor that runs to do something. After each step,
// when nothing moves any more, the invariants are looked at.
//
// A step is drawn as numbers, before the bubble begins, and made fit to what is possible.
type step struct{ what, who, which, value int }

const (
	modelTasks = 6
	modelLocks = 3
)

type world struct {
	e      *pi.Executor
	slots  int
	off    bool
	locks  [modelLocks]*pi.Mutex
	ceil   [modelLocks]pi.Priority // 0: inheritance
	sem    *pi.Semaphore
	actors []*worker
	broken string
}

// worker is an actor and what it knows of itself. Only its own goroutine and, while that is
// still, the test, touch it.
type worker struct {
	*pi.Task
	do     chan func(*worker)
	cancel context.CancelFunc
	holds  []int // locks
	units  int64
	asks   int // the lock it is in a call for, or -1
	ended  bool
	base   pi.Priority
}

func (w *world) start(p pi.Priority) {
	a := &worker{do: make(chan func(*worker), 1), asks: -1, base: p}
	a.Task = w.e.Go(context.Background(), p, func(context.Context, *pi.Task) {
		for f := range a.do {
			f(a)
		}
	})
	w.actors = append(w.actors, a)
	synctest.Wait()
}

func (a *worker) lock(w *world, l int, refusable bool) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	a.cancel, a.asks = cancel, l
	if !refusable {
		ctx = context.Background()
		a.cancel = nil
	}
	err := w.locks[l].LockContext(ctx, a.Task)
	a.asks, a.cancel = -1, nil
	if err == nil || err == pi.ErrOwnerExited {
		a.holds = append(a.holds, l)
	}
}

func (a *worker) unlock(w *world, i int) {
	l := a.holds[i]
	a.holds = slices.Delete(a.holds, i, i+1)
	w.locks[l].Unlock(a.Task)
}

// do has the step done by an actor that runs and is not in a call.
func (w *world) do(s step) {
	byID := w.byID()
	var free []*worker
	for _, a := range w.actors {
		if st, ok := byID[a.ID()]; ok && st.State == pi.Running && !a.ended {
			free = append(free, a)
		}
	}
	switch s.what % 10 {
	case 8: // whoever waits gives up, whether it runs or not
		var waits []*worker
		for _, a := range w.actors {
			if a.cancel != nil {
				waits = append(waits, a)
			}
		}
		if len(waits) > 0 {
			waits[s.who%len(waits)].cancel()
		}
		return
	case 9:
		a := w.actors[s.who%len(w.actors)]
		if !a.ended {
			a.base = pi.Priority(s.value)
			a.SetBase(a.base)
		}
		return
	}
	if len(free) == 0 {
		return
	}
	a := free[s.who%len(free)]
	l := s.which % modelLocks
	switch s.what % 10 {
	case 0, 1, 2:
		a.do <- func(a *worker) { a.lock(w, l, s.what%2 == 0) }
	case 3, 4:
		if len(a.holds) > 0 {
			a.do <- func(a *worker) { a.unlock(w, s.which%len(a.holds)) }
		}
	case 5:
		a.do <- func(a *worker) {
			if (w.ceil[l] == 0 || a.Base() <= w.ceil[l]) && w.locks[l].TryLock(a.Task) {
				a.holds = append(a.holds, l)
			}
		}
	case 6:
		if a.units == 0 {
			a.do <- func(a *worker) {
				var ctx context.Context
				ctx, a.cancel = context.WithCancel(context.Background())
				if w.sem.Acquire(ctx, a.Task, 1) == nil {
					a.units = 1
				}
				a.cancel()
				a.cancel = nil
			}
		} else {
			a.do <- func(a *worker) { a.units = 0; w.sem.Release(a.Task, 1) }
		}
	case 7:
		if s.value == 3 && a.units == 0 {
			a.ended = true
			close(a.do)
			synctest.Wait()
			w.start(1)
			return
		}
		a.do <- func(a *worker) { a.Block(func() {}) }
	}
}

func (w *world) byID() map[pi.TaskID]pi.TaskState {
	m := map[pi.TaskID]pi.TaskState{}
	for _, s := range w.e.Snapshot().Tasks {
		m[s.ID] = s
	}
	return m
}

// checkpoints has all that run look whether they are due, and looks whether anybody should have been.
func (w *world) checkpoints() {
	for range modelTasks { // one that goes may make another one due
		for _, a := range w.actors {
			if st, ok := w.byID()[a.ID()]; ok && st.State == pi.Running && !a.ended {
				a.do <- func(a *worker) { a.Checkpoint() }
				synctest.Wait()
			}
		}
	}
	low, high := pi.Priority(1000), pi.Priority(-1000)
	for _, s := range w.e.Snapshot().Tasks {
		switch s.State {
		case pi.Running:
			low = min(low, s.Effective)
		case pi.Ready:
			high = max(high, s.Effective)
		}
	}
	w.must(high <= low, "a task of %d runs while one of %d is ready", low, high)
}

func (w *world) must(ok bool, format string, args ...any) {
	if !ok && w.broken == "" {
		w.broken = fmt.Sprintf(format, args...)
	}
}

// check looks at the invariants.
func (w *world) check() {
	states := w.byID()
	running, ready := 0, 0
	owner := map[int]*worker{}
	for _, a := range w.actors {
		st, alive := states[a.ID()]
		if !alive {
			continue
		}
		switch st.State {
		case pi.Running:
			running++
		case pi.Ready:
			ready++
			if a.asks >= 0 && st.Lends == nil && st.WaitsFor.Number == 0 {
				continue // granted or cancelled: it will say which when it has a slot
			}
		}
		for _, l := range a.holds {
			w.must(owner[l] == nil, "two own lock %d", l)
			owner[l] = a
		}
	}
	w.must(running <= w.slots, "%d run in %d slots", running, w.slots)
	w.must(ready == 0 || running == w.slots, "%d are ready and %d run in %d slots", ready, running, w.slots)
	w.priorities(states)
}

// priorities compares with the brute-force fixpoint over who waits for whom.
func (w *world) priorities(states map[pi.TaskID]pi.TaskState) {
	eff, lends := map[pi.TaskID]pi.Priority{}, map[uint64]pi.TaskID{}
	for _, a := range w.actors {
		st, alive := states[a.ID()]
		if !alive {
			continue
		}
		p := a.base
		for _, l := range a.holds {
			p = max(p, w.ceil[l])
		}
		if st.State == pi.Ready && a.asks >= 0 && w.ceil[a.asks] > 0 && st.Effective >= w.ceil[a.asks] {
			p = max(p, w.ceil[a.asks]) // granted, and not told yet
		}
		eff[a.ID()] = p
		for _, l := range st.Lends {
			w.must(lends[l.Number] == 0, "two own lock #%d", l.Number)
			lends[l.Number] = a.ID()
		}
	}
	for moved := !w.off; moved; {
		moved = false
		for id := range eff {
			o := lends[states[id].WaitsFor.Number]
			if o != 0 && eff[id] > eff[o] {
				eff[o], moved = eff[id], true
			}
		}
	}
	for id, want := range eff {
		w.must(states[id].Effective == want, "task %d runs at %d, not %d", id, states[id].Effective, want)
	}
}

func simulate(t *testing.T, slots int, off bool, ceilings int, steps []step, opts ...pi.Option) (broken string) {
	synctest.Test(t, func(*testing.T) {
		protocol := pi.Inherit
		if off {
			protocol = pi.None
		}
		opts = append(opts, pi.WithSlots(slots), pi.WithProtocol(protocol))
		w := &world{e: pi.NewExecutor(opts...), slots: slots, off: off, sem: pi.NewSemaphore(1)}
		for i := range w.locks {
			w.locks[i] = new(pi.Mutex)
			if i < ceilings {
				w.ceil[i] = pi.Priority(4 + i)
				w.locks[i] = pi.NewCeiling(w.ceil[i])
			}
		}
		for i := range modelTasks {
			w.start(pi.Priority(i % 4))
		}
		for _, s := range steps {
			w.do(s)
			synctest.Wait()
			w.check()
			if s.value == 0 {
				w.checkpoints()
				w.check()
			}
		}
		w.finish()
		broken = w.broken
	})
	return broken
}

// finish ends every actor, wherever it stands: what it holds passes on.
func (w *world) finish() {
	for _, a := range w.actors { // units have no owner: a cycle through the semaphore is nobody's to refuse
		if a.cancel != nil {
			a.cancel()
			synctest.Wait()
		}
	}
	for _, a := range w.actors {
		if !a.ended {
			a.do <- func(a *worker) {
				for len(a.holds) > 0 {
					a.unlock(w, 0)
				}
				w.must(a.Effective() == a.base, "task %d ends at %d, with a base of %d", a.ID(), a.Effective(), a.base)
				if a.units > 0 {
					w.sem.Release(a.Task, a.units)
				}
			}
			close(a.do)
		}
		synctest.Wait()
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel() // nothing is left to wait for
	w.must(w.e.Shutdown(ctx) == nil, "somebody is still inside")
}

// TestRandomPrograms: -rapid.checks=20000 for the long run.
func TestRandomPrograms(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		steps := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) step {
			return step{
				rapid.IntRange(0, 9).Draw(rt, "what"), rapid.IntRange(0, 99).Draw(rt, "who"),
				rapid.IntRange(0, 11).Draw(rt, "which"), rapid.IntRange(0, 4).Draw(rt, "value"),
			}
		}), 10, 60).Draw(rt, "steps")
		slots := rapid.IntRange(1, 7).Draw(rt, "slots")
		off, ceilings := rapid.IntRange(0, 9).Draw(rt, "off") == 0, rapid.IntRange(0, modelLocks).Draw(rt, "ceilings")
		var opts []pi.Option
		if rapid.Bool().Draw(rt, "observed") {
			opts = append(opts, pi.WithObserver(deaf{}))
		}
		require.Empty(rt, simulate(t, slots, off, ceilings, steps, opts...))
	})
}
