package waitqueue_test

import (
	"slices"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/interlock-go/interlock/internal/waitqueue"
)

// model is a queue as a slice, and what its waiters should be like.
type model struct {
	q      waitqueue.Queue[int]
	queued []*waitqueue.Waiter[int]
	n      int
}

func TestQueueIsASlice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { t.Repeat(rapid.StateMachineActions(new(model))) })
}

func (m *model) Check(t *rapid.T) {
	require.Equal(t, len(m.queued) == 0, m.q.Empty())
	if len(m.queued) > 0 {
		require.Same(t, m.queued[0], m.q.First())
	} else {
		require.Nil(t, m.q.First())
	}
	for _, w := range m.queued {
		require.True(t, w.Queued())
	}
}

func (m *model) Push(*rapid.T) {
	w := waitqueue.New[int]()
	m.n++
	w.Value = m.n
	m.q.Push(w)
	m.queued = append(m.queued, w)
}

func (m *model) Pop(t *rapid.T) {
	if len(m.queued) == 0 {
		t.Skip("nothing to pop")
	}
	w := m.q.Pop()
	require.Same(t, m.queued[0], w)
	require.False(t, w.Queued())
	m.queued = m.queued[1:]
}

func (m *model) Remove(t *rapid.T) {
	if len(m.queued) == 0 {
		t.Skip("nothing to remove")
	}
	i := rapid.IntRange(0, len(m.queued)-1).Draw(t, "which")
	m.q.Remove(m.queued[i])
	require.False(t, m.queued[i].Queued())
	m.queued = slices.Delete(m.queued, i, i+1)
}

func TestServedWakesInOrderAndIsEmptyThen(t *testing.T) {
	var s waitqueue.Served[int]
	var all []*waitqueue.Waiter[int]
	for range 5 {
		w := waitqueue.New[int]()
		all = append(all, w)
		s.Add(w)
	}
	s.WakeAll()
	for _, w := range all {
		<-w.Ready()
	}
	s.WakeAll()
	for _, w := range all {
		require.Empty(t, w.Ready(), "woken once")
	}
}

func TestPoolKeepsWaitersForItsCustomers(t *testing.T) {
	var p waitqueue.Pool[int]
	require.Nil(t, p.Take(false))
	first, second := waitqueue.New[int](), waitqueue.New[int]()
	p.Expect(first)
	require.Nil(t, p.Take(false), "it is not back")
	p.Expect(second)
	first.Return()
	require.Same(t, first, p.Take(true), "while another is out")
	require.Nil(t, p.Take(true))
	p.Expect(first)
	second.Return()
	first.Return()
	if again := p.Take(false); again != nil { // nil where goroutines have no cheap identity
		require.Same(t, second, again)
		p.Expect(again)
		again.Return()
	} else {
		p.Expect(second)
		second.Return()
	}
	synctest.Test(t, func(t *testing.T) {
		require.Nil(t, p.Take(false), "a waiter of another bubble would kill the process")
		require.Nil(t, p.Take(false), "and is forgotten")
	})
}

func TestPoolPassesOverWhoIsSlowToComeBack(t *testing.T) {
	var p waitqueue.Pool[int]
	slow := waitqueue.New[int]()
	p.Expect(slow)
	for range 10 {
		w := waitqueue.New[int]()
		p.Expect(w)
		w.Return()
	}
	for range 10 {
		w := p.Take(true)
		require.NotNil(t, w)
		require.NotSame(t, slow, w)
	}
	require.Nil(t, p.Take(true))
	slow.Return()
	require.Same(t, slow, p.Take(true))
}
