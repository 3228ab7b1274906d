package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The tables of testdata/README.md name each scenario, and none that is not there.
func TestCorpusIsListed(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "README.md"))
	require.NoError(t, err)
	listed := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(line, "|\n "), " | ")
		if !strings.HasPrefix(line, "|") || len(cells) < 2 {
			continue
		}
		for _, name := range regexp.MustCompile("`[^`]+`").FindAllString(cells[len(cells)-1], -1) {
			listed[strings.Trim(name, "`")] = true
		}
	}
	there := map[string]bool{}
	files, err := filepath.Glob(filepath.Join("testdata", "*.txtar"))
	require.NoError(t, err)
	for _, file := range files {
		there[strings.TrimSuffix(filepath.Base(file), ".txtar")] = true
	}
	require.Equal(t, there, listed)
	require.GreaterOrEqual(t, len(there), 25)
}
