//go:build !interlock_off

package manners_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The profile judges by reachability, so one reference from a table of the detector to a lock hides everybody
// who waits for it. A lock by itself matters too: of 8 bytes without a pointer it would lie beside
// others in one block, alive as long as any of them, as sync.Mutex does.
func TestLeakProfileFindsWhoWaitsForEver(t *testing.T) {
	bin := buildLeaks(t)
	for _, kind := range []string{"Mutex", "RWMutex.Lock", "RWMutex.RLock"} {
		for _, n := range []int{1, 100} {
			t.Run(fmt.Sprintf("%s/rings=%d", kind, n), func(t *testing.T) {
				syncs, ours := leaked(t, bin, kind, "-rings", n, false), leaked(t, bin, kind, "-rings", n, true)
				t.Logf("of %d: sync %d, interlock %d", 2*n, syncs, ours)
				require.GreaterOrEqual(t, ours, syncs)
				require.Equal(t, 2*n, ours)
			})
			t.Run(fmt.Sprintf("%s/waiters=%d", kind, n), func(t *testing.T) {
				require.Equal(t, n, leaked(t, bin, kind, "-waiters", n, true))
			})
		}
	}
}

// A call that waits with a context is queued with the engine and in package park, neither of which may hold on to it.
func TestLeakProfileFindsWhoWaitsWithAContext(t *testing.T) {
	bin := buildLeaks(t)
	for _, kind := range []string{"LockContext", "RLockContext"} {
		for _, n := range []int{1, 100} {
			require.Equal(t, n, leaked(t, bin, kind, "-waiters", n, true), kind)
		}
	}
}

// buildLeaks builds the program with the experiment on. That compiles the standard library once
// more, which the build cache keeps.
func buildLeaks(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "leaks")
	cmd := exec.Command("go", "build", "-o", bin, "./testdata/leaks")
	cmd.Env = append(os.Environ(), "GOEXPERIMENT=goroutineleakprofile")
	start := time.Now()
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	t.Logf("built the standard library and the program with GOEXPERIMENT=goroutineleakprofile in %v", time.Since(start).Round(time.Millisecond))
	return bin
}

// leaked returns how many goroutines the profile finds of those that the program leaks.
func leaked(t *testing.T, bin, kind, shape string, n int, ours bool) int {
	t.Helper()
	out, err := exec.Command(bin, "-kind", kind, shape, strconv.Itoa(n), "-interlock="+strconv.FormatBool(ours)).Output()
	require.NoError(t, err)
	found, err := strconv.Atoi(strings.TrimSpace(string(out)))
	require.NoError(t, err)
	return found
}
