package bbuf_test

import (
	"context"
	"flag"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/bbuf"
)

var histories = flag.Int("histories", 4000, "concurrent histories that TestHistoriesAreLinearizable checks")

type operation uint8

const (
	put operation = iota
	tryPut
	putGone // with a context that ends meanwhile
	get
	tryGet
	getGone
	length
	closing
)

var unblockable = []operation{tryPut, putGone, tryGet, getGone, length}

// call is what was asked and answer what came back.
type call struct {
	op operation
	v  int
}

type answer struct {
	v   int
	err error
}

// contents is the specification's state: comparable, because that is what the checker does most.
type contents struct {
	capacity, n int
	closed      bool
	items       [4]int
}

// step says whether a buffer could have answered so, and what it holds then.
func step(state, input, output any) (bool, any) {
	s, c, a := state.(contents), input.(call), output.(answer)
	switch c.op {
	case put, tryPut, putGone:
		switch a.err {
		case nil:
			if s.closed || s.n == s.capacity {
				return false, s
			}
			s.items[s.n] = c.v
			s.n++
			return true, s
		case bbuf.ErrClosed:
			return s.closed, s
		case bbuf.ErrFull:
			return c.op == tryPut && s.n == s.capacity && !s.closed, s
		}
		return c.op == putGone, s
	case get, tryGet, getGone:
		switch a.err {
		case nil:
			if s.n == 0 || s.items[0] != a.v {
				return false, s
			}
			copy(s.items[:], s.items[1:])
			s.n--
			s.items[s.n] = 0
			return true, s
		case bbuf.ErrClosed:
			return s.closed && s.n == 0, s
		case bbuf.ErrEmpty:
			return c.op == tryGet && s.n == 0 && !s.closed, s
		}
		return c.op == getGone, s
	case length:
		return s.n == a.v, s
	case closing:
		first := !s.closed
		s.closed = true
		return first == (a.v == 1), s
	}
	panic("unreachable: every operation has a case")
}

// perform carries out a call. A context that ends does so on another goroutine, at any time.
func perform(ctx context.Context, b *bbuf.Buffer[int], c call) (a answer) {
	switch c.op {
	case put:
		a.err = b.Put(ctx, c.v)
	case get:
		a.v, a.err = b.Get(ctx)
	case tryPut:
		a.err = b.TryPut(c.v)
	case tryGet:
		a.v, a.err = b.TryGet()
	case putGone, getGone:
		ending, cancel := context.WithCancel(ctx)
		var wg sync.WaitGroup
		wg.Go(cancel)
		if c.op == putGone {
			a.err = b.Put(ending, c.v)
		} else {
			a.v, a.err = b.Get(ending)
		}
		wg.Wait()
	case length:
		a.v = b.Len()
	case closing:
		if b.Close() {
			a.v = 1
		}
	}
	return a
}

// record lets goroutines play on a buffer and returns what happened. A buffer that is never
// closed could leave a call waiting, so one of them, which never waits for ever itself, closes it in the end.
func record(ctx context.Context, b *bbuf.Buffer[int], goroutines, calls int) []porcupine.Operation {
	var clock atomic.Int64
	var wg sync.WaitGroup
	logs := make([][]porcupine.Operation, goroutines)
	for g := range goroutines {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(rand.Uint64(), uint64(g)))
			for i := range calls {
				c := call{operation(r.IntN(int(closing))), g*calls + i + 1}
				if g == 0 {
					c.op = unblockable[r.IntN(len(unblockable))]
				}
				if g == 0 && i == calls-1 {
					c.op = closing
				}
				for range r.IntN(3) {
					runtime.Gosched()
				}
				called := clock.Add(1)
				a := perform(ctx, b, c)
				logs[g] = append(logs[g], porcupine.Operation{ClientId: g, Input: c, Call: called, Output: a, Return: clock.Add(1)})
			}
		})
	}
	wg.Wait()
	var all []porcupine.Operation
	for _, l := range logs {
		all = append(all, l...)
	}
	return all
}

func checker(capacity int) porcupine.Model {
	return porcupine.Model{Init: func() any { return contents{capacity: capacity} }, Step: step}
}

func TestHistoriesAreLinearizable(t *testing.T) {
	for i := range *histories {
		k := kind{1 + i%3, i/3%2 == 0}
		history := record(t.Context(), k.open(), 4, 5)
		require.True(t, porcupine.CheckOperations(checker(k.capacity), history), "%v: %+v", k, history)
	}
}

// The checker would notice: these histories are wrong.
func TestCheckerRefusesWhatNoBufferDoes(t *testing.T) {
	op := func(c call, a answer, from, to int64) porcupine.Operation {
		return porcupine.Operation{Input: c, Output: a, Call: from, Return: to}
	}
	for name, history := range map[string][]porcupine.Operation{
		"overtaken": {op(call{put, 1}, answer{}, 1, 2), op(call{put, 2}, answer{}, 3, 4), op(call{op: get}, answer{v: 2}, 5, 6)},
		"twice":     {op(call{put, 1}, answer{}, 1, 2), op(call{op: get}, answer{v: 1}, 3, 4), op(call{op: get}, answer{v: 1}, 3, 4)},
		"full":      {op(call{put, 1}, answer{}, 1, 2), op(call{tryPut, 2}, answer{err: bbuf.ErrFull}, 3, 4)},
		"lost":      {op(call{put, 1}, answer{}, 1, 2), op(call{op: tryGet}, answer{err: bbuf.ErrEmpty}, 3, 4)},
		"reopened":  {op(call{op: closing}, answer{v: 1}, 1, 2), op(call{put, 1}, answer{}, 3, 4)},
	} {
		require.False(t, porcupine.CheckOperations(checker(2), history), name)
	}
}
