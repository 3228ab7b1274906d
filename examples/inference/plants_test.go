//go:build !interlock_off

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// numbers are those of goroutines and locks, which differ from run to run.
var numbers = regexp.MustCompile(`(goroutines?|and|#) ?\d+`)

// canon makes two lines equal that differ in numbers, or in which goroutine comes first: whoever blocks last does.
func canon(line string) string {
	words := strings.Fields(strings.ReplaceAll(numbers.ReplaceAllString(line, "$1 N"), ",", ""))
	slices.Sort(words)
	return strings.Join(words, " ")
}

// unwrap joins lines that continue the one before them, which are indented by so many spaces: where a text is wrapped depends on
// how many digits a goroutine's number has.
func unwrap(text string, spaces int) string {
	return regexp.MustCompile(fmt.Sprintf(`\n {%d}(\S)`, spaces)).ReplaceAllString(text, " $1")
}

// build makes the program.
func build(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "inference")
	built, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput()
	require.NoError(t, err, "%s", built)
	return bin
}

// With -stay a service that hangs can be looked at, and be interrupted.
func TestTheLivePageShowsADeadlockThatStays(t *testing.T) {
	cmd := exec.Command(build(t), "-addr", "127.0.0.1:0", "-plant", "ring", "-load", "1h", "-stay")
	cmd.Env = append(os.Environ(), "INTERLOCK=")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	late := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	lines := bufio.NewScanner(out)
	require.True(t, lines.Scan())
	page := regexp.MustCompile(`http://\S+/debug/lockorder/`).FindString(lines.Text())
	require.NotEmpty(t, page, lines.Text())
	for lines.Scan() && !strings.Contains(lines.Text(), "interlock: deadlock:") {
		continue
	}
	var rings []json.RawMessage
	require.Eventually(t, func() bool {
		answer, err := http.Get(page + "waits.json")
		require.NoError(t, err)
		defer answer.Body.Close()
		var waits struct{ Rings []json.RawMessage }
		require.NoError(t, json.NewDecoder(answer.Body).Decode(&waits))
		rings = waits.Rings
		return len(rings) > 0
	}, 20*time.Second, 20*time.Millisecond)
	require.Len(t, rings, 1)
	http.DefaultClient.CloseIdleConnections()
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	_, err = io.Copy(io.Discard, out)
	require.NoError(t, err)
	_ = cmd.Wait() // its error is the exit code's
	require.Equal(t, 1, cmd.ProcessState.ExitCode())
}

// TestReadmeShowsTheReports: README.md has a section for every plant, and what it shows is what is reported, line by line.
func TestReadmeShowsTheReports(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	bin := build(t)
	var told []string
	sections := regexp.MustCompile("(?s)-plant ([a-z]+)\n```\n(.*?)(?:\n## |$)").FindAllStringSubmatch(string(readme), -1)
	for _, section := range sections {
		told = append(told, section[1])
		t.Run(section[1], func(t *testing.T) {
			cmd := exec.Command(bin, "-addr", "127.0.0.1:0", "-load", "100ms", "-plant", section[1])
			cmd.Env = append(os.Environ(), "INTERLOCK=")
			late := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
			defer late.Stop()
			out, _ := cmd.CombinedOutput()
			require.Equal(t, 1, cmd.ProcessState.ExitCode(), "%s", out)
			shown := regexp.MustCompile(`(?m)^    .*\n`).FindAllString(unwrap(section[2], 11), -1)
			require.NotEmpty(t, shown)
			printed := map[string]bool{}
			for line := range strings.Lines(unwrap(string(out), 7)) {
				printed[canon(line)] = true
			}
			for _, line := range shown {
				require.True(t, printed[canon(line)], "%sis not in\n%s", line, out)
			}
		})
	}
	require.ElementsMatch(t, slices.Collect(maps.Keys(plants)), told)
}
