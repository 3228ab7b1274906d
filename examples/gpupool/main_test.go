package main

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSemaphoresHang(t *testing.T) {
	finished, err := try("semaphore", nil, 4, 4)
	require.ErrorIs(t, err, errStalled)
	require.Less(t, finished, int64(16))
}

func TestBankerFinishesTheSameLoadAndExplains(t *testing.T) {
	var mu sync.Mutex
	var told []string
	finished, err := try("banker", func(s string) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, s)
	}, 4, 4)
	require.NoError(t, err)
	require.Equal(t, int64(16), finished)
	require.NotEmpty(t, told)
	for _, line := range []string{`banker "gpu-pool": team-`, "would be unsafe", "free now:", "then stuck:", "not before:"} {
		require.Contains(t, strings.Join(told, ""), line)
	}
}
