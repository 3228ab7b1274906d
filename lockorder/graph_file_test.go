package lockorder_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/engine"
	"github.com/interlock-go/interlock/internal/graphfile"
	"github.com/interlock-go/interlock/lockorder"
)

func TestGraphFileHoldsEveryReport(t *testing.T) {
	dir := t.TempDir()
	_, _, code := child(t, "three", "tiers=none graph="+dir)
	require.Zero(t, code)
	files, err := filepath.Glob(filepath.Join(dir, "*.graph"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	text, err := os.ReadFile(files[0])
	require.NoError(t, err)
	var tiers []string
	for line := range strings.Lines(string(text)) {
		if raw, ok := strings.CutPrefix(line, "report "); ok {
			var r lockorder.Report
			require.NoError(t, json.Unmarshal([]byte(raw), &r))
			tiers = append(tiers, r.Tier.String())
		}
	}
	require.Equal(t, []string{"guarded", "potential", "deadlock"}, tiers)
}

// A merge needs the classes and declarations of a process, also of one that locks
// nothing.
func TestGraphFileHoldsDeclarations(t *testing.T) {
	dir := t.TempDir()
	_, _, code := child(t, "declares", "graph="+dir)
	require.Zero(t, code)
	files, err := filepath.Glob(filepath.Join(dir, "*.graph"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	text, err := os.ReadFile(files[0])
	require.NoError(t, err)
	require.Contains(t, string(text), "\nclass graph.a\nclass graph.b\ndeclare graph.a graph.b\n")
}

// The files in it mean the same on another machine, and the report that others get
// keeps its own.
func TestGraphFileHasPortablePlaces(t *testing.T) {
	dir := t.TempDir()
	_, _, code := child(t, "three", "tiers=none graph="+dir)
	require.Zero(t, code)
	files, err := filepath.Glob(filepath.Join(dir, "*.graph"))
	require.NoError(t, err)
	text, err := os.ReadFile(files[0])
	require.NoError(t, err)
	require.NotContains(t, string(text), `"file":"/`)
	require.Contains(t, string(text), `"file":"example.com/`)
	require.Contains(t, example("potential", "x").String(), " /src/")
}

func TestGraphFolderThatCannotBeIsNamed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, stderr, code := child(t, "nothing", "graph="+file)
	require.Zero(t, code)
	require.True(t, strings.HasPrefix(stderr, "interlock: INTERLOCK: graph: "), stderr)
}

// More from one process would be thrown away, and fewer would make its file say less than two runs' would.
func TestTheGraphIsToldOfAsManyGoroutinesAsItKeeps(t *testing.T) {
	require.Equal(t, graphfile.MaxSeen, engine.MaxHeard)
}
