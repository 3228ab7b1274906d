package oracle_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/oracle"
)

// rwmutex follows the fields of sync.RWMutex: w excludes writers, a negative
// readerCount stops readers, which are counted while they wait.
type rwmutex struct {
	w        int8 // goroutine that has w, -1 if none
	readers  int8 // readers inside
	admitted int8 // readers that had to wait and may go in
}

type routine struct {
	pc      int8
	waiting bool // a reader that is counted and waits; a writer that has w and waits
}

// world is a state of the slow explorer, which knows nothing of the fast one's
// encoding and keeps every step of sync.RWMutex apart.
type world struct {
	mu [5]rwmutex
	g  [4]routine
}

func deadlocks(p oracle.Program) bool {
	var start world
	for i := range start.mu {
		start.mu[i].w = -1
	}
	seen := map[world]bool{start: true}
	for queue := []world{start}; len(queue) > 0; queue = queue[1:] {
		ended, moved := true, false
		for i := range p {
			if int(queue[0].g[i].pc) == len(p[i]) {
				continue
			}
			ended = false
			next := queue[0]
			if next.step(int8(i), p[i][next.g[i].pc]) {
				moved = true
				if !seen[next] {
					seen[next] = true
					queue = append(queue, next)
				}
			}
		}
		if !ended && !moved {
			return true
		}
	}
	return false
}

// step moves goroutine i; false if it is blocked.
func (s *world) step(i int8, op oracle.Op) bool {
	m, g := &s.mu[op.Lock], &s.g[i]
	switch op.Kind {
	case oracle.RLock:
		switch {
		case g.waiting && m.admitted == 0:
			return false
		case g.waiting:
			m.admitted--
			g.waiting = false
		case m.w >= 0:
			g.waiting = true
			return true
		default:
			m.readers++
		}
	case oracle.Lock:
		switch {
		case !g.waiting && m.w >= 0:
			return false
		case !g.waiting:
			m.w, g.waiting = i, true
			return true
		case m.readers > 0:
			return false
		}
		g.waiting = false
	case oracle.TryLock:
		if m.w >= 0 || m.readers > 0 {
			g.pc = int8(op.Else)
			return true
		}
		m.w = i
	case oracle.TryRLock:
		if m.w >= 0 {
			g.pc = int8(op.Else)
			return true
		}
		m.readers++
	case oracle.RUnlock:
		m.readers--
	case oracle.Unlock:
		s.unlock(op.Lock)
	}
	g.pc++
	return true
}

// unlock lets every waiting reader in before another writer can have w.
func (s *world) unlock(lock uint8) {
	m := &s.mu[lock]
	m.w = -1
	for i := range s.g {
		if s.g[i].waiting && s.waitsToRead(i, lock) {
			m.readers++
			m.admitted++
		}
	}
}

// current is the program of the running comparison; world is a map key and has no
// room for it.
var current oracle.Program

func (s *world) waitsToRead(i int, lock uint8) bool {
	op := current[i][s.g[i].pc]
	return op.Kind == oracle.RLock && op.Lock == lock
}

func TestExplorerAgreesWithTheStepsOfRWMutex(t *testing.T) {
	var x oracle.Explorer
	compare := func(p oracle.Program) {
		current = p
		require.Equal(t, deadlocks(p), x.Deadlocks(p), "%v", p)
	}
	for _, u := range append(oracle.Universes()[:2], oracle.WideUniverses()[:2]...) {
		for p := range u.Programs() {
			compare(p)
		}
	}
	r := rand.New(rand.NewPCG(3, 4))
	for range 1500 {
		compare(oracle.RandomChains(r))
		compare(oracle.RandomNested(r))
		compare(oracle.RandomUnordered(r))
	}
}
