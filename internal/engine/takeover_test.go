//go:build (amd64 || arm64) && gc && !interlock_portable

package engine

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/goroutine"
)

const patience = 10 * time.Second

// The runtime puts later goroutines on the g of earlier ones.
func TestGoroutineTakesOverTheRecordOfOneThatHasFinished(t *testing.T) {
	afresh(t)
	var a Core
	var first *Record
	var goid uint64
	together(1, func(int) {
		first, goid = Enter(), self()
		first.take(&a, 5)
	})
	require.Eventually(t, func() bool { return goroutine.Finished(first.gp, goid) }, patience, time.Millisecond)
	require.Len(t, heldBy(goid), 1)
	require.True(t, heldBy(goid)[0].Finished)
	over := false
	for end := time.Now().Add(patience); !over && time.Now().Before(end); {
		together(100, func(int) {
			if Enter() == first {
				over = true // one of them at most
			}
		})
	}
	require.True(t, over)
	require.NotEqual(t, goid, first.goid)
	held := heldBy(goid)
	require.Len(t, held, 1, "the hold outlives its record's change of hands")
	require.True(t, held[0].Finished)
	require.Equal(t, []uintptr{5}, held[0].Hold.Stack)
	require.True(t, Enter().drop(&a))
	require.Empty(t, heldBy(goid))
	require.False(t, Enter().drop(&a), "once")
}
