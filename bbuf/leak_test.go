package bbuf_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Goroutines that are parked on a buffer or a condition which nobody can reach show in the goroutine-leak profile, as
// they would on a channel; and those that somebody could wake do not.
func TestLeakProfileShowsWhoWaitsForAnUnreachableBuffer(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the standard library once more")
	}
	cmd := exec.Command("go", "run", "./testdata/leak")
	cmd.Env = append(os.Environ(), "GOEXPERIMENT=goroutineleakprofile")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	leaked := func(name string) bool {
		for g := range strings.SplitSeq(string(out), "\n\n") {
			if strings.Contains(g, "main."+name+"(") {
				return strings.Contains(g, "leaked")
			}
		}
		return false
	}
	for _, name := range []string{"leakGet", "leakPut", "leakWait", "leakWatched"} {
		require.True(t, leaked(name), "%s\n%s", name, out)
	}
	for _, name := range []string{"keepGet", "keepWait"} {
		require.False(t, leaked(name), "%s\n%s", name, out)
	}
}
