//go:build !interlock_off

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// numbers are those of goroutines and locks, which differ from run to run.
var numbers = regexp.MustCompile(`(goroutines?|and|#) ?\d+`)

func unnumbered(text string) string { return numbers.ReplaceAllString(text, "$1 N") }

// TestDocsShowTheseReports: every report in docs/reports.md is what the program prints for its tier, line by
// line as far as it is shown, and every piece of code is in the program.
func TestDocsShowTheseReports(t *testing.T) {
	doc, err := os.ReadFile("../../docs/reports.md")
	require.NoError(t, err)
	code, err := os.ReadFile("scenes.go")
	require.NoError(t, err)
	for _, block := range regexp.MustCompile("(?s)```go\n(.*?)```\n").FindAllStringSubmatch(string(doc), -1) {
		require.Contains(t, string(code), block[1])
	}

	bin := filepath.Join(t.TempDir(), "tiers")
	out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput()
	require.NoError(t, err, "%s", out)
	shown := regexp.MustCompile(`(?m)^    interlock: ([a-z-]+): .*\n(?:    .*\n)*`).FindAllStringSubmatch(string(doc), -1)
	require.Len(t, shown, len(tiers))
	for _, report := range shown {
		cmd := exec.Command(bin, report[1])
		cmd.Env = append(os.Environ(), "INTERLOCK=")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		printed := unnumbered(string(out))
		for line := range strings.Lines(report[0]) {
			require.Contains(t, printed, unnumbered(strings.TrimPrefix(line, "    ")))
		}
	}
}
