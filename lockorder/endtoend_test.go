//go:build !interlock_off

package lockorder_test

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The package under testdata/verify is what a user has: parallel tests, VerifyNone in each and VerifyTestMain for
// the rest, on real locks.
func verifyPackage(t *testing.T, pattern string) (result map[string]string, output string, code int) {
	t.Helper()
	cmd := exec.Command("go", "test", "-v", "-count=1", "-parallel=8", "-run", pattern, "./testdata/verify")
	cmd.Env = append(os.Environ(), "INTERLOCK=tiers=none")
	out, err := cmd.CombinedOutput()
	if err != nil {
		require.ErrorAs(t, err, new(*exec.ExitError))
	}
	result = map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^--- (\w+): (\w+)`).FindAllStringSubmatch(string(out), -1) {
		result[m[2]] = m[1]
	}
	return result, string(out), cmd.ProcessState.ExitCode()
}

func TestEachParallelTestFailsForItsOwnFindings(t *testing.T) {
	result, out, code := verifyPackage(t, ".")
	require.Equal(t, 1, code, out)
	require.Equal(t, map[string]string{
		"TestGuilty": "FAIL", "TestOrdered": "FAIL", "TestAskedForMore": "FAIL",
		"TestInnocent": "PASS", "TestAllowed": "PASS", "TestIgnored": "PASS", "TestPhased": "PASS",
		"TestLeavesALock": "PASS", "TestWorker": "PASS",
	}, result, "%s", out)
	for _, line := range []string{
		"interlock: potential: Mutex #", "interlock: ordered: Mutex #",
		"interlock: violation: before is asked for while after is held, against the declared order before before after",
	} {
		require.Equal(t, 1, strings.Count(out, line), "%s\n%s", line, out)
	}
}

func TestWhatNamesNoTestFailsTheRun(t *testing.T) {
	result, out, code := verifyPackage(t, "Worker")
	require.Equal(t, map[string]string{"TestWorker": "PASS"}, result)
	require.Equal(t, 1, code)
	require.Contains(t, out, "lockorder: 1 finding\ninterlock: potential: Mutex #")
}

func TestWhatIsAllowedIgnoredOrPhasedFailsNothing(t *testing.T) {
	_, out, code := verifyPackage(t, "Allowed|Ignored|Phased|LeavesALock")
	require.Zero(t, code, out)
	require.Contains(t, out, "has finished, and Mutex #", "a left lock is logged")
}
