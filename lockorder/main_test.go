package lockorder_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Any of these in a program's imports, and Go no longer notices that all
// goroutines are asleep.
func TestImportsStayLight(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	require.NoError(t, err)
	for _, heavy := range []string{"net", "os/user", "runtime/cgo", "os/signal", "testing", "net/http"} {
		require.NotContains(t, strings.Fields(string(out)), heavy)
	}
}
