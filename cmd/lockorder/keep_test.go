package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestARerunWritesNoFiles(t *testing.T) {
	require.Equal(t, fields("-test.paniconexit0 -test.timeout=10m0s -test.run=X -own word -test.trace=its"),
		rerunnable(fields("-test.testlogfile=/tmp/log -test.paniconexit0 -test.timeout=10m0s -test.run=X "+
			"-test.cpuprofile=c -test.coverprofile=/tmp/c -test.gocoverdir=/tmp/d -test.fuzz=F -own -test.trace=t word -test.trace=its")))
}

func TestWhatIsKeptCanBeReadAgain(t *testing.T) {
	dir, made := t.TempDir(), t.TempDir()
	binary := filepath.Join(made, "x.test")
	require.NoError(t, os.WriteFile(binary, []byte("binary"), 0o777))
	require.NoError(t, keepTest(dir, []string{"user's", "exec", binary, "-test.v=true"}))
	require.NoError(t, os.Remove(binary)) // as go test does
	tests, err := keptTests(dir)
	require.NoError(t, err)
	require.Len(t, tests, 1)
	k := tests[0]
	content, err := os.ReadFile(k.Binary)
	require.NoError(t, err)
	require.Equal(t, "binary", string(content))
	require.Equal(t, []string{"user's", "exec"}, k.Exec)
	require.Equal(t, []string{"-test.v=true"}, k.Args)
	require.Equal(t, binary, k.Program)
	cwd, err := os.Getwd()
	require.NoError(t, err)
	require.Equal(t, cwd, k.Dir)
	require.NotEmpty(t, k.Env)
}

func TestWhatCannotBeKeptIsAnError(t *testing.T) {
	require.ErrorContains(t, keepTest(t.TempDir(), fields("no binary here")), "no test binary")
	var out bytes.Buffer
	require.Equal(t, exitUsage, keep(nil, &out, &out))
	require.Contains(t, out.String(), "is for the go command")
}
