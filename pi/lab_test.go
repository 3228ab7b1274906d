package pi_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/interlock-go/interlock/pi"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// lab is an executor and actors, in virtual time.
type lab struct {
	t      *testing.T
	e      *pi.Executor
	actors []*actor
}

// actor is a task that does one thing after another when told, without leaving its slot in between.
type actor struct {
	*pi.Task
	lab *lab
	do  chan func(*pi.Task)
	err error // of the last call that had one
}

// inLab runs f in virtual time and joins the actors.
func inLab(t *testing.T, slots int, f func(l *lab), opts ...pi.Option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := &lab{t: t, e: pi.NewExecutor(append([]pi.Option{pi.WithSlots(slots)}, opts...)...)}
		f(l)
		for _, a := range l.actors {
			a.end()
		}
		require.NoError(t, l.e.Shutdown(t.Context()))
	})
}

func (l *lab) actor(p pi.Priority) *actor {
	a := &actor{lab: l, do: make(chan func(*pi.Task), 1)}
	a.Task = l.e.Go(context.Background(), p, func(_ context.Context, t *pi.Task) {
		for f := range a.do {
			f(t)
		}
	})
	l.actors = append(l.actors, a)
	synctest.Wait()
	return a
}

// does tells a to do f and returns when nothing more happens.
func (a *actor) does(f func(*pi.Task)) {
	a.do <- f
	synctest.Wait()
}

func (a *actor) end() {
	if a.do != nil {
		close(a.do)
		a.do = nil
		synctest.Wait()
	}
}

func (a *actor) locks(m *pi.Mutex)   { a.does(m.Lock) }
func (a *actor) unlocks(m *pi.Mutex) { a.does(m.Unlock) }

func (a *actor) locksContext(ctx context.Context, m *pi.Mutex) {
	a.does(func(t *pi.Task) { a.err = m.LockContext(ctx, t) })
}

func (a *actor) state() pi.State {
	for _, s := range a.lab.e.Snapshot().Tasks {
		if s.ID == a.ID() {
			return s.State
		}
	}
	return pi.Ended
}

// run requires the effective priorities of the actors, in the order of their making.
func (l *lab) run(at ...pi.Priority) {
	l.t.Helper()
	got := make([]pi.Priority, len(at))
	for i, a := range l.actors[:len(got)] {
		got[i] = a.Effective()
	}
	require.Equal(l.t, at, got)
}

// states requires what the actors are doing, in the order of their making.
func (l *lab) states(want ...pi.State) {
	l.t.Helper()
	got := make([]pi.State, len(want))
	for i, a := range l.actors[:len(got)] {
		got[i] = a.state()
	}
	require.Equal(l.t, want, got)
}

// many is enough slots for every actor: what is tried then is locks, not slots.
const many = 32

const o pi.Priority = 0 // below all others
