package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// page is a writer for two goroutines.
type page struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (p *page) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(b)
}

func TestBothProgramsMoveEveryItemInOrder(t *testing.T) {
	for name, run := range map[string]func(context.Context, io.Writer) error{"cond": withCond, "bbuf": withBbuf} {
		t.Run(name, func(t *testing.T) {
			var out page
			require.NoError(t, run(t.Context(), &out))
			next := map[string]int{}
			for line := range strings.Lines(out.text.String()) {
				var verb string
				var v, count int
				_, err := fmt.Sscanf(line, "%s %d, %d in the buffer", &verb, &v, &count)
				require.NoError(t, err, line)
				require.Equal(t, next[verb], v)
				require.LessOrEqual(t, count, places)
				require.GreaterOrEqual(t, count, 0)
				next[verb]++
			}
			require.Equal(t, map[string]int{"produced": items, "consumed": items}, next)
		})
	}
}

func TestBothProgramsStopWhenTold(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, withBbuf(ctx, io.Discard), context.Canceled)
	m := newMonitor()
	for i := range places {
		count, err := m.put(ctx, i)
		require.NoError(t, err, "where the predicate holds the context does not matter")
		require.Equal(t, i+1, count)
	}
	_, err := m.put(ctx, places)
	require.ErrorIs(t, err, context.Canceled)
}
