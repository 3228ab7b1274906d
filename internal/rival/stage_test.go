//go:build !interlock_off

package rival_test

import (
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/oracle"
)

// stage has the goroutines of one program, which make one call at a time, in the order
// that the test wants. It knows who holds what, so it knows which call will block: that one is left
// waiting, and the other goroutines go on.
type stage struct {
	t      *testing.T
	locks  []lock
	actors []*actor
	holds  []hold
	over   atomic.Bool // who is let in leaves at once
	all    sync.WaitGroup
}

// actor is a goroutine of the program.
type actor struct {
	calls   chan func()
	done    chan bool  // a value for each call that has returned; whether it succeeded
	waiting *oracle.Op // the call that blocks, nil if none
}

type hold struct {
	actor int
	lock  uint8
	read  bool
}

func newStage(t *testing.T, actors int, locks []lock) *stage {
	s := &stage{t: t, locks: locks}
	for range actors {
		a := &actor{calls: make(chan func()), done: make(chan bool, 1)}
		s.actors = append(s.actors, a)
		s.all.Go(func() {
			for call := range a.calls {
				call()
			}
		})
	}
	return s
}

// step lets actor g make a call. It returns when the call has returned or blocks, and whether it succeeded.
func (s *stage) step(g int, op oracle.Op) bool {
	s.t.Helper()
	a := s.actors[g]
	require.Nil(s.t, a.waiting, "goroutine %d is to go on, but it is blocked", g+1)
	blocks := s.blocks(op)
	a.calls <- func() {
		ok := perform(s.locks[op.Lock], op.Kind)
		if s.over.Load() {
			s.undo(op.Lock, op.Kind.Reads())
		}
		a.done <- ok
	}
	if blocks {
		a.waiting = &op
		s.awaitBlocked()
		return false
	}
	ok := s.await(a)
	switch {
	case op.Kind == oracle.Unlock || op.Kind == oracle.RUnlock:
		s.release(g, op)
	case ok:
		s.holds = append(s.holds, hold{g, op.Lock, op.Kind.Reads()})
	}
	return ok
}

// perform is the only place where locks are used, the same for both detectors.
func perform(l lock, kind oracle.Kind) bool {
	switch kind {
	case oracle.Lock:
		l.Lock()
	case oracle.RLock:
		l.RLock()
	case oracle.Unlock:
		l.Unlock()
	case oracle.RUnlock:
		l.RUnlock()
	case oracle.TryLock:
		return l.TryLock()
	case oracle.TryRLock:
		return l.TryRLock()
	}
	return true
}

// blocks reports whether the call would have to wait: for a hold, or, to read, for a writer that waits.
func (s *stage) blocks(op oracle.Op) bool {
	if op.Kind != oracle.Lock && op.Kind != oracle.RLock {
		return false
	}
	for _, a := range s.actors {
		if a.waiting != nil && a.waiting.Lock == op.Lock && a.waiting.Kind == oracle.Lock {
			return true
		}
	}
	return slices.ContainsFunc(s.holds, func(h hold) bool { return h.lock == op.Lock && !(h.read && op.Kind == oracle.RLock) })
}

// release takes out the hold, g's own if there is one, and lets in who waited for it.
func (s *stage) release(g int, op oracle.Op) {
	read := op.Kind == oracle.RUnlock
	i := slices.Index(s.holds, hold{g, op.Lock, read})
	if i < 0 {
		i = slices.IndexFunc(s.holds, func(h hold) bool { return h.lock == op.Lock && h.read == read })
	}
	s.holds = slices.Delete(s.holds, i, i+1)
	for i, a := range s.actors {
		if op := a.waiting; op != nil {
			if a.waiting = nil; s.blocks(*op) {
				a.waiting = op
				continue
			}
			s.await(a)
			s.holds = append(s.holds, hold{i, op.Lock, op.Kind.Reads()})
		}
	}
}

func (s *stage) await(a *actor) bool {
	select {
	case ok := <-a.done:
		return ok
	case <-time.After(patience):
		require.FailNow(s.t, "a call that should return blocks", stacks())
		return false
	}
}

// waiting is the number of actors that are blocked.
func (s *stage) waiting() int {
	n := 0
	for _, a := range s.actors {
		if a.waiting != nil {
			n++
		}
	}
	return n
}

// awaitBlocked waits until the runtime says that all who should be are blocked in sync's RWMutex, which is under
// that of both; what they wait for inside has a Mutex. All that a detector says before the goroutine blocks has
// been said then.
func (s *stage) awaitBlocked() {
	s.until(func(stacks string) bool {
		blocked := 0
		for g := range strings.SplitSeq(stacks, "\n\n") {
			if header, _, _ := strings.Cut(g, "\n"); strings.Contains(header, "[sync.") &&
				strings.Contains(g, "\nsync.(*RWMutex).") && strings.Contains(g, "rival_test.perform") {
				blocked++
			}
		}
		return blocked == s.waiting()
	})
}

// until polls the stacks of all goroutines.
func (s *stage) until(ok func(stacks string) bool) {
	s.t.Helper()
	for end := time.Now().Add(patience); !ok(stacks()); runtime.Gosched() {
		require.True(s.t, time.Now().Before(end), "not in time")
	}
}

func stacks() string { return string(stackBuffer[:runtime.Stack(stackBuffer[:], true)]) }

var stackBuffer [1 << 16]byte // tests here run one after the other

func (s *stage) undo(lock uint8, read bool) {
	kind := oracle.Unlock
	if read {
		kind = oracle.RUnlock
	}
	perform(s.locks[lock], kind)
}

// end releases every hold for those who are blocked, as nobody else can, and joins the actors.
func (s *stage) end() {
	hung := s.waiting() > 0
	require.True(s.t, hung || len(s.holds) == 0, "the program ends with locks held")
	s.over.Store(true)
	for _, h := range s.holds {
		s.undo(h.lock, h.read)
	}
	for _, a := range s.actors {
		if a.waiting != nil {
			s.await(a)
		}
		close(a.calls)
	}
	s.all.Wait()
	if hung { // a timer of go-deadlock's that has fired must not speak of the next program
		s.until(func(stacks string) bool { return !strings.Contains(stacks, "onDeadlockTimeout") })
	}
}
