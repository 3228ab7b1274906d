//go:build !interlock_off

package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// numbers are those of goroutines, which differ from run to run.
var numbers = regexp.MustCompile(`goroutine \d+`)

// TestReadmeShowsThisProgram: the first screen has the code as it is, and the report's lines as they are printed.
func TestReadmeShowsThisProgram(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	code, err := os.ReadFile("main.go")
	require.NoError(t, err)
	_, body, found := strings.Cut(string(code), "interlock/mutex\"\n\n")
	require.True(t, found)
	require.Contains(t, string(readme), "```go\n"+body+"```\n")

	bin := filepath.Join(t.TempDir(), "quickstart")
	out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput()
	require.NoError(t, err, "%s", out)
	cmd := exec.Command(bin)
	cmd.Env = append(os.Environ(), "INTERLOCK=")
	out, err = cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	shown := numbers.ReplaceAllString(string(readme), "goroutine N")
	for line := range strings.Lines(numbers.ReplaceAllString(string(out), "goroutine N")) {
		if strings.HasPrefix(line, "interlock: ") || strings.HasPrefix(line, "  goroutine ") || strings.HasPrefix(line, "  why: ") {
			require.Contains(t, shown, "    "+line)
		}
	}
}
