package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// H waits for M without inheritance, and with it does not.
func TestHWaitsForMOnlyWithoutInheritance(t *testing.T) {
	dir := t.TempDir()
	took, err := run(dir, 10*time.Millisecond)
	require.NoError(t, err)
	require.Len(t, took, 3)
	for name, first := range map[string]string{"off": "M", "on": "H", "ceiling": "H"} {
		story, err := os.ReadFile(filepath.Join(dir, "inversion-"+name+".txt"))
		require.NoError(t, err)
		ended := regexp.MustCompile(`([HM]) +ended`).FindSubmatch(story)
		require.Equal(t, first, string(ended[1]), "%s: who ended first", name)
		trace, err := os.ReadFile(filepath.Join(dir, "inversion-"+name+".json"))
		require.NoError(t, err)
		require.True(t, json.Valid(trace))
	}
}
