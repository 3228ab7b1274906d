package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestFailuresAreTestsOrElsePackages(t *testing.T) {
	failed, err := failures([]byte(`{"Action":"start","Package":"p"}
{"Action":"fail","Package":"p","Test":"TestA/sub"}
{"Action":"fail","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p","Test":"TestB"}
{"Action":"fail","Package":"p"}
{"Action":"fail","Package":"q","FailedBuild":"q"}
`))
	require.NoError(t, err)
	require.Equal(t, map[string]bool{"TestA": true, "q": true}, failed)
	_, err = failures(nil)
	require.ErrorContains(t, err, "no output")
	_, err = failures([]byte("go: no such module\n"))
	require.ErrorContains(t, err, "no such module")
}

const said = `
interlock: potential: a and b are locked in both orders
  goroutine 1 holds a
    where it locked a:
      p.f
        /tmp/x/src/p/p.go:3
  id: 1111

interlock: guarded: c and d
  id: 2222
  seen by 2 test processes

lockorder: 3 processes, 12 locks, 1 order: 1 potential (fails), 1 guarded
`

func round(lockorder string, failed ...string) [wayCount]outcome {
	o := outcome{said: lockorder, failed: map[string]bool{}, processes: 3, tests: process{Wall: 2 * time.Second, CPU: time.Second}}
	for _, test := range failed {
		o.failed[test] = true
	}
	before := outcome{tests: process{Wall: time.Second, CPU: time.Second}}
	return [wayCount]outcome{plain: before, ours: o, race: before}
}

func TestFindingsAreCountedOnce(t *testing.T) {
	a := audit{findings: map[string]*finding{}}
	require.NoError(t, a.learn(round(said), "/tmp/x/src"))
	require.NoError(t, a.learn(round(strings.ReplaceAll(said, "goroutine 1", "goroutine 7")), "/tmp/x/src"))
	require.Equal(t, "1 potential, 1 guarded", a.tiers())
	require.Equal(t, []int{12, 12}, a.locks)
	require.Equal(t, []int{1, 1}, a.orders)
	require.Equal(t, 2, a.findings["1111"].rounds)
	require.Contains(t, a.findings["1111"].text, "        p/p.go:3\n")
	require.ErrorContains(t, a.learn(round("lockorder: source of interlock: gone"), ""), "gone")
}

func TestATestThatOnlyFailsWithUsIsADifference(t *testing.T) {
	a := audit{findings: map[string]*finding{}}
	for range 2 {
		require.NoError(t, a.learn(round(said), ""))
	}
	require.NoError(t, a.learn(round(said, "TestFlaky"), ""))
	require.True(t, a.same())
	require.NoError(t, a.learn(round(said, "TestFlaky"), ""))
	require.NoError(t, a.learn(round(said, "TestFlaky"), ""))
	require.False(t, a.same())
	a.rounds[0][plain].failed = map[string]bool{"TestFlaky": true}
	require.True(t, a.same())
	a.changed = []string{"p.go"}
	require.False(t, a.same())
}

func TestChangedFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o666))
	}
	write("same", "1")
	write("edited", "1")
	write("removed", "1")
	before, err := files(dir)
	require.NoError(t, err)
	write("edited", "2")
	write("made", "1")
	require.NoError(t, os.Remove(filepath.Join(dir, "removed")))
	after, err := files(dir)
	require.NoError(t, err)
	require.Equal(t, []string{"edited", "removed"}, changed(before, after))
}

func TestClockedProcessesAddUp(t *testing.T) {
	file := filepath.Join(t.TempDir(), "clock")
	total, n, err := readProcesses(file)
	require.NoError(t, err)
	require.Zero(t, n)
	require.Zero(t, total)
	require.NoError(t, appendProcess(file, process{Wall: 2, CPU: 1}))
	require.NoError(t, appendProcess(file, process{Wall: 3, CPU: 1}))
	total, n, err = readProcesses(file)
	require.NoError(t, err)
	require.Equal(t, 2, n)
	require.Equal(t, process{Wall: 5, CPU: 2}, total)
}

func TestParseSubject(t *testing.T) {
	s, err := parseSubject([]string{"example.com/a/b/v2@v2.0.1"})
	require.NoError(t, err)
	require.Equal(t, subject{module: "example.com/a/b/v2", version: "v2.0.1", packages: []string{"./..."}}, s)
	require.Equal(t, "b", s.name())
	_, err = parseSubject([]string{"example.com/a"})
	require.ErrorContains(t, err, "not module@version")
}

// The document has a row of results for each module, in the version and with the packages that are audited.
func TestDocumentHasEveryModule(t *testing.T) {
	doc, err := os.ReadFile("../../../docs/audit.md")
	require.NoError(t, err)
	for _, s := range subjects {
		require.Contains(t, string(doc), fmt.Sprintf("| %s %s | `%s`", s.module, s.version, strings.Join(s.packages, " ")))
		require.Contains(t, string(doc), fmt.Sprintf("\n| %s | ", s.module), "the row of times")
		if s.skip != "" {
			require.Contains(t, string(doc), skipped(s))
		}
	}
}
