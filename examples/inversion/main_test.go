package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// H waits for M without inheritance, and with it does not. The traces are there.
func TestHWaitsForMOnlyWithoutInheritance(t *testing.T) {
	dir := t.TempDir()
	const mWorks = 60 * time.Millisecond
	took, err := run(dir, mWorks)
	require.NoError(t, err)
	require.Len(t, took, 3)
	require.Greater(t, took[0], mWorks)
	require.Less(t, took[1], took[0])
	require.Less(t, took[2], took[0])
	for _, name := range []string{"off", "on", "ceiling"} {
		for _, ending := range []string{".json", ".txt"} {
			info, err := os.Stat(filepath.Join(dir, "inversion-"+name+ending))
			require.NoError(t, err)
			require.NotZero(t, info.Size())
		}
	}
}
