package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/graphfile"
)

// The library in this program writes a file like any other's.
func TestMergeLeavesOutThisProgramsOwnFiles(t *testing.T) {
	dir := t.TempDir()
	own, err := graphfile.Create(dir)
	require.NoError(t, err)
	require.NoError(t, own.Report(json.RawMessage(`{"tier":"hazard"}`)))
	require.NoError(t, own.Close())
	const other = "interlock-graph 2\nprocess a1 host 1 /tmp/a.test example.com/a\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.test-1.graph"), []byte(other), 0o666))

	g, err := merge(dir)
	require.NoError(t, err)
	require.Len(t, g.Processes(), 1)
	require.Equal(t, "/tmp/a.test", g.Processes()[0].Program)
	require.Empty(t, g.Reports())

	require.NoError(t, os.WriteFile(filepath.Join(dir, "b.graph"), []byte("foreign"), 0o666))
	_, err = merge(dir)
	require.ErrorIs(t, err, graphfile.ErrForeign)
}
