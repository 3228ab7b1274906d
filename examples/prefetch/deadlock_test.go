//go:build !interlock_off

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// program builds the example and runs it.
func program(t *testing.T, args ...string) (out string, code int) {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "prefetch")
	built, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput()
	require.NoError(t, err, "%s", built)
	cmd := exec.Command(bin, args...)
	cmd.Env = append(os.Environ(), "INTERLOCK=")
	timer := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	b, _ := cmd.CombinedOutput()
	return string(b), cmd.ProcessState.ExitCode()
}

func TestPlantedDeadlockIsExplained(t *testing.T) {
	out, code := program(t, "-deadlock", "-records", "1000", "-ahead", "16")
	require.Equal(t, 1, code, out)
	require.Contains(t, out, "deadlock: ")
	require.Contains(t, out, "Buffer (full)")
	require.Contains(t, out, "(*order).shuffle")
	require.Contains(t, out, "(*order).draw")
	t.Log(out)
}

func TestTwinIsSilent(t *testing.T) {
	out, code := program(t, "-records", "1000", "-ahead", "16")
	require.Equal(t, 0, code, out)
	require.NotContains(t, out, "deadlock")
	require.Contains(t, out, "1000 of 1000 records")
}
