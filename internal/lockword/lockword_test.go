package lockword_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/lockword"
)

func TestWordExcludesAndCounts(t *testing.T) {
	const goroutines, rounds, one = 8, 5000, lockword.Locked << 1
	var w lockword.Word
	var wg sync.WaitGroup
	guarded := 0
	for range goroutines {
		wg.Go(func() {
			for range rounds {
				v := w.Lock()
				guarded++
				w.Unlock(v + one)
			}
		})
	}
	wg.Wait()
	require.Equal(t, goroutines*rounds, guarded)
	require.Equal(t, uint64(goroutines*rounds*one), w.Load())
}

func TestLoadShowsTheLastPublishedNumber(t *testing.T) {
	var w lockword.Word
	v := w.Lock()
	require.Zero(t, v)
	require.Zero(t, w.Load(), "the lock bit is not part of it")
	w.Unlock(8)
	require.Equal(t, uint64(8), w.Load())
	w.Set(10)
	require.Equal(t, uint64(10), w.Lock())
}
