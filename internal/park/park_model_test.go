package park_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/interlock-go/interlock/internal/park"
)

// flag is what a lock keeps: whether somebody is queued.
type flag bool

func (f *flag) SetWaited()   { *f = true }
func (f *flag) ClearWaited() { *f = false }

// queues is the slow model: a slice for each address, where waiters stand in the order in which they are to be woken.
type queues struct {
	waiters []*park.Waiter
	of      map[uintptr][]int // address → waiters
	at      map[int]uintptr   // waiter → address, while it is queued
	last    map[int]uintptr   // waiter → address where it was queued last
	called  map[int]bool      // has been woken and not looked
	flags   map[uintptr]*flag
}

// addresses are those of a few locks, so that calls meet. All but one share a queue.
var addresses = func() []uintptr {
	const first = 0x10000
	all := []uintptr{first, first + 32}
	for a := uintptr(first + 64); len(all) < 4; a += 32 {
		if park.Together(a, first) {
			all = append(all, a)
		}
	}
	return all
}()

func address(t *rapid.T) uintptr { return rapid.SampledFrom(addresses).Draw(t, "addr") }

func (q *queues) flag(addr uintptr) *flag {
	if q.flags[addr] == nil {
		q.flags[addr] = new(flag)
	}
	return q.flags[addr]
}

func (q *queues) take(w int) {
	addr := q.at[w]
	q.of[addr] = slices.DeleteFunc(q.of[addr], func(other int) bool { return other == w })
	delete(q.at, w)
}

func (q *queues) Add(t *rapid.T) {
	w := rapid.IntRange(0, 19).Draw(t, "waiter")
	if _, queued := q.at[w]; queued {
		t.Skip("it is queued")
	}
	addr, front := address(t), rapid.Bool().Draw(t, "front")
	park.Add(q.waiters[w], addr, front, q.flag(addr))
	q.at[w], q.last[w] = addr, addr
	if front {
		q.of[addr] = slices.Insert(q.of[addr], 0, w)
	} else {
		q.of[addr] = append(q.of[addr], w)
	}
}

func (q *queues) Remove(t *rapid.T) {
	w := rapid.IntRange(0, 19).Draw(t, "waiter")
	addr, known := q.last[w]
	if !known {
		t.Skip("it has never been queued")
	}
	_, queued := q.at[w]
	require.Equal(t, queued, park.Remove(q.waiters[w], q.flag(addr)))
	if queued {
		q.take(w)
	}
}

func (q *queues) Wake(t *rapid.T) {
	addr, all := address(t), rapid.Bool().Draw(t, "all")
	if len(q.at) > 0 && rapid.Bool().Draw(t, "somebody") {
		addr = q.at[rapid.SampledFrom(sortedKeys(q.at)).Draw(t, "waiter")]
	}
	park.Wake(addr, all, q.flag(addr))
	for len(q.of[addr]) > 0 {
		w := q.of[addr][0]
		q.take(w)
		q.called[w] = true
		if !all {
			break
		}
	}
}

func (q *queues) Look(t *rapid.T) {
	w := rapid.IntRange(0, 19).Draw(t, "waiter")
	select {
	case <-q.waiters[w].C:
		require.True(t, q.called[w], "woken for no reason")
	default:
		require.False(t, q.called[w], "not woken")
	}
	q.called[w] = false
}

// Check compares the flags and what has been woken.
func (q *queues) Check(t *rapid.T) {
	for addr, f := range q.flags {
		require.Equal(t, len(q.of[addr]) > 0, bool(*f), "%#x", addr)
	}
	for w := range q.waiters {
		require.Equal(t, q.called[w], len(q.waiters[w].C) == 1)
	}
}

func sortedKeys(m map[int]uintptr) []int {
	var keys []int
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func TestQueuesBehaveAsOneForEachAddress(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := &queues{
			of: map[uintptr][]int{}, at: map[int]uintptr{}, last: map[int]uintptr{},
			called: map[int]bool{}, flags: map[uintptr]*flag{},
		}
		for range 20 {
			q.waiters = append(q.waiters, park.New())
		}
		defer func() { // the table is the process's: leave nothing behind
			for w, addr := range q.at {
				park.Remove(q.waiters[w], q.flag(addr))
			}
		}()
		t.Repeat(rapid.StateMachineActions(q))
	})
}
