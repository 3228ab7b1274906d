package bbuf_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/bbuf"
)

func TestMisusePanics(t *testing.T) {
	require.PanicsWithValue(t, "bbuf: capacity below 1", func() { bbuf.New[int](0) })
	require.PanicsWithValue(t, "bbuf: capacity below 1", func() { bbuf.New[int](-1) })
	b := bbuf.New[int](1)
	var noContext context.Context
	require.PanicsWithValue(t, "bbuf: nil context", func() { _ = b.Put(noContext, 1) })
	require.PanicsWithValue(t, "bbuf: nil context", func() { _, _ = b.Get(noContext) })
	require.PanicsWithValue(t, "bbuf: nil context", func() { _, _ = b.PutN(noContext, []int{1}) })
	require.PanicsWithValue(t, "bbuf: nil context", func() { _, _ = b.GetN(noContext, []int{1}) })
	require.PanicsWithValue(t, "bbuf: batch size below 1", func() { b.Batches(t.Context(), 0) })
	var none *bbuf.Buffer[int]
	var zero bbuf.Buffer[int]
	for fact, b := range map[string]*bbuf.Buffer[int]{"nil Buffer": none, "Buffer not made by New": &zero, "copied Buffer": copied(b)} {
		for name, call := range map[string]func(){
			"Put": func() { _ = b.Put(t.Context(), 1) }, "Get": func() { _, _ = b.Get(t.Context()) },
			"TryPut": func() { _ = b.TryPut(1) }, "TryGet": func() { _, _ = b.TryGet() },
			"PutN": func() { _, _ = b.PutN(t.Context(), nil) }, "GetN": func() { _, _ = b.GetN(t.Context(), nil) },
			"Len": func() { b.Len() }, "Cap": func() { b.Cap() }, "Close": func() { b.Close() }, "Closed": func() { b.Closed() },
			"Drain": func() { b.Drain() }, "All": func() { b.All(t.Context()) }, "Batches": func() { b.Batches(t.Context(), 1) },
		} {
			require.PanicsWithValue(t, "bbuf: "+fact, call, name)
		}
	}
	require.NoError(t, b.TryPut(1), "the original is none the worse")
}

// copied copies behind vet's back.
func copied(b *bbuf.Buffer[int]) *bbuf.Buffer[int] {
	c := new(bbuf.Buffer[int])
	copyBytes(c, b)
	return c
}
