package bbuf_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/interlock-go/interlock/bbuf"
)

// model is what a buffer must be like to one goroutine: a slice.
type model struct {
	b      *bbuf.Buffer[int]
	items  []int
	cap    int
	closed bool
	next   int
	gone   context.Context
}

// TestModel holds every operation that need not wait against a slice.
func TestModel(t *testing.T) {
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.SampledFrom(kinds).Draw(t, "kind")
		m := &model{b: k.open(), cap: k.capacity, gone: gone}
		t.Repeat(rapid.StateMachineActions(m))
	})
}

func (m *model) Check(t *rapid.T) {
	require.Equal(t, len(m.items), m.b.Len())
	require.Equal(t, m.cap, m.b.Cap())
	require.Equal(t, m.closed, m.b.Closed())
}

// fresh returns n values that were not used before.
func (m *model) fresh(n int) []int {
	vs := make([]int, n)
	for i := range vs {
		m.next++
		vs[i] = m.next
	}
	return vs
}

func (m *model) TryPut(t *rapid.T) {
	v := m.fresh(1)[0]
	err := m.b.TryPut(v)
	switch {
	case m.closed:
		require.ErrorIs(t, err, bbuf.ErrClosed)
	case len(m.items) == m.cap:
		require.ErrorIs(t, err, bbuf.ErrFull)
	default:
		require.NoError(t, err)
		m.items = append(m.items, v)
	}
}

func (m *model) Put(t *rapid.T) {
	v := m.fresh(1)[0]
	switch {
	case m.closed:
		require.ErrorIs(t, m.b.Put(t.Context(), v), bbuf.ErrClosed)
		require.ErrorIs(t, m.b.Put(m.gone, v), bbuf.ErrClosed)
	case len(m.items) == m.cap:
		require.ErrorIs(t, m.b.Put(m.gone, v), context.Canceled)
	default:
		require.ErrorIs(t, m.b.Put(m.gone, v), context.Canceled)
		require.NoError(t, m.b.Put(t.Context(), v))
		m.items = append(m.items, v)
	}
}

func (m *model) PutN(t *rapid.T) {
	vs := m.fresh(rapid.IntRange(0, m.cap-len(m.items)).Draw(t, "n"))
	n, err := m.b.PutN(t.Context(), vs)
	if m.closed {
		require.Zero(t, n)
		require.ErrorIs(t, err, bbuf.ErrClosed)
		return
	}
	require.NoError(t, err)
	require.Len(t, vs, n)
	m.items = append(m.items, vs...)
}

// got holds what was taken against what must have been.
func (m *model) got(t *rapid.T, vs []int) {
	require.True(t, slices.Equal(m.items[:len(vs)], vs), "%v of %v", vs, m.items)
	m.items = m.items[len(vs):]
}

func (m *model) TryGet(t *rapid.T) {
	v, err := m.b.TryGet()
	switch {
	case len(m.items) > 0:
		require.NoError(t, err)
		m.got(t, []int{v})
	case m.closed:
		require.ErrorIs(t, err, bbuf.ErrClosed)
	default:
		require.ErrorIs(t, err, bbuf.ErrEmpty)
	}
}

func (m *model) Get(t *rapid.T) {
	_, err := m.b.Get(m.gone)
	require.ErrorIs(t, err, context.Canceled)
	if len(m.items) == 0 && !m.closed {
		return
	}
	v, err := m.b.Get(t.Context())
	if len(m.items) == 0 {
		require.ErrorIs(t, err, bbuf.ErrClosed)
		return
	}
	require.NoError(t, err)
	m.got(t, []int{v})
}

func (m *model) GetN(t *rapid.T) {
	dst := make([]int, rapid.IntRange(0, m.cap+1).Draw(t, "n"))
	if len(m.items) == 0 && !m.closed {
		return
	}
	n, err := m.b.GetN(t.Context(), dst)
	switch {
	case len(dst) == 0:
		require.NoError(t, err)
	case len(m.items) == 0:
		require.ErrorIs(t, err, bbuf.ErrClosed)
	default:
		require.NoError(t, err)
		require.Equal(t, min(len(dst), len(m.items)), n)
	}
	m.got(t, dst[:n])
}

func (m *model) Drain(t *rapid.T) {
	vs := m.b.Drain()
	require.Len(t, vs, len(m.items))
	m.got(t, vs)
	require.Empty(t, m.items)
}

func (m *model) Close(t *rapid.T) {
	if rapid.IntRange(0, 9).Draw(t, "rare") == 0 {
		require.Equal(t, !m.closed, m.b.Close())
		m.closed = true
	}
}
