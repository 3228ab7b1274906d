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
	require.Nil(t, p.Take())
	first := waitqueue.New[int]()
	require.Nil(t, p.Take())
	second := waitqueue.New[int]()
	p.Put(first)
	require.Same(t, first, p.Take(), "while another is out")
	p.Put(first)
	p.Put(second)
	if again := p.Take(); again != nil { // nil where goroutines have no cheap identity
		require.Same(t, second, again)
		p.Put(again)
	} else {
		p.Put(second)
	}
	synctest.Test(t, func(t *testing.T) {
		require.Nil(t, p.Take(), "a waiter of another bubble would kill the process")
	})
}
