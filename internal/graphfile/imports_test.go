package graphfile_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The library writes graph files in the user's process, where an import that
// starts threads or brings cgo would keep Go from noticing that all goroutines
// are asleep.
func TestImportsStayLight(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	require.NoError(t, err)
	for _, heavy := range []string{"net", "os/user", "runtime/cgo", "C"} {
		require.NotContains(t, strings.Fields(string(out)), heavy)
	}
	for pkg := range strings.FieldsSeq(string(out)) {
		if strings.HasPrefix(pkg, "github.com/interlock-go/") {
			require.Equal(t, "github.com/interlock-go/interlock/internal/graphfile", pkg)
		}
	}
}
