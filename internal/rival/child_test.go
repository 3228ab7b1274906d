//go:build !interlock_off

package rival_test

import (
	"bytes"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// children are what a re-executed test binary does instead of running tests.
var children = map[string]func(){}

const childVariable = "INTERLOCK_RIVAL_TEST_CHILD"

// child runs one of them for so long at most, and returns what it printed and its exit code.
func child(t *testing.T, name string, limit time.Duration) (output string, code int) {
	t.Helper()
	require.Contains(t, children, name)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+name)
	return runCommand(t, cmd, limit)
}

// killed is the exit code of a process that did not end in time.
const killed = -1

// runCommand runs a command for so long at most.
func runCommand(t *testing.T, cmd *exec.Cmd, limit time.Duration) (output string, code int) {
	t.Helper()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	require.NoError(t, cmd.Start())
	timer := time.AfterFunc(limit, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	if err := cmd.Wait(); err != nil {
		require.ErrorAs(t, err, new(*exec.ExitError))
	}
	return out.String(), cmd.ProcessState.ExitCode()
}
