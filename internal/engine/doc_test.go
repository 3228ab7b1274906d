package engine

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheMapNamesEveryFile(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	_, files, found := strings.Cut(string(doc), "# The files")
	require.True(t, found)
	all, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, name := range all {
		if name != "doc.go" && !strings.HasSuffix(name, "_test.go") {
			require.Contains(t, files, name)
		}
	}
}
