//go:build !interlock_off

package mutex_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/graphfile"
	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

// shortWait is the threshold of the children that have one; they print for a few times as long.
const shortWait = 50 * time.Millisecond

func init() {
	children["starts"] = func() {
		s := lockorder.Snapshot()
		fmt.Println(len(s.Orders), len(s.Held))
	}
	children["inverts"] = func() {
		var a, b mutex.Mutex
		inTurn(nesting(&a, &b), nesting(&b, &a))
		fmt.Println("done")
	}
	children["waits for one that is blocked"] = func() { longWait(func(told chan struct{}) { pause(told, 20*shortWait) }) }
	children["waits for one that works"] = func() {
		longWait(func(told chan struct{}) {
			for end := time.Now().Add(6 * shortWait); time.Now().Before(end); {
			}
		})
	}
	children["waits for one that is gone"] = func() {
		var m mutex.Mutex
		elsewhere(func() { m.Lock() })
		told := printKinds()
		done := make(chan struct{})
		go func() { nest(&m); close(done) }()
		pause(told, 20*shortWait)
		m.Unlock()
		<-done
	}
}

// longWait has a goroutine wait for a lock for as long as its holder does something.
func longWait(hold func(told chan struct{})) {
	var m mutex.Mutex
	told := printKinds()
	m.Lock()
	done := make(chan struct{})
	go func() { nest(&m); close(done) }()
	hold(told)
	m.Unlock()
	<-done
}

// printKinds prints the kind of each report, and tells of the first.
func printKinds() (told chan struct{}) {
	told = make(chan struct{}, 100)
	lockorder.SetHandler(func(r lockorder.Report) {
		fmt.Println(r.Kind)
		told <- struct{}{}
	})
	return told
}

// pause blocks outside our locks, until something is told or the time is over.
func pause(told chan struct{}, most time.Duration) {
	select {
	case <-told:
	case <-time.After(most):
	}
}

func TestEnvironmentWithRealLocks(t *testing.T) {
	const report = "interlock: potential: Mutex #"
	out, code := child(t, "inverts", "")
	require.Zero(t, code)
	require.True(t, strings.HasPrefix(out, report), out)
	require.True(t, strings.HasSuffix(out, "\ndone\n"), out)

	out, code = child(t, "inverts", "halt_on_error=1 exitcode=5")
	require.Equal(t, 5, code)
	require.True(t, strings.HasPrefix(out, report), out)
	require.NotContains(t, out, "done")

	out, code = child(t, "inverts", "halt_on_error=1 tiers=deadlock")
	require.Zero(t, code)
	require.Equal(t, "done\n", out)

	out, code = child(t, "inverts", "tiers=purple halt_on_error=2 unheard=of")
	require.Zero(t, code, "what is wrong changes nothing")
	for _, wrong := range []string{`"tiers=purple"`, `"halt_on_error=2"`, `"unheard=of"`} {
		require.Contains(t, out, "interlock: INTERLOCK: "+wrong)
	}
	require.Contains(t, out, "\n"+report)

	prefix := filepath.Join(t.TempDir(), "locks")
	out, code = child(t, "inverts", "log_path="+prefix)
	require.Zero(t, code)
	require.Equal(t, "done\n", out)
	require.True(t, strings.HasPrefix(onlyFile(t, prefix+".*"), report))
}

func onlyFile(t *testing.T, pattern string) string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	require.NoError(t, err)
	require.Len(t, files, 1)
	text, err := os.ReadFile(files[0])
	require.NoError(t, err)
	return string(text)
}

func TestGraphFileHasTheOrdersOfRealLocks(t *testing.T) {
	dir := t.TempDir()
	out, code := child(t, "inverts", "tiers=none graph="+dir)
	require.Zero(t, code)
	require.Equal(t, "done\n", out)
	text := onlyFile(t, filepath.Join(dir, "*"+graphfile.Extension))
	lines := map[string]int{}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if words[0] != "order" || len(words) > 3 { // a writer's lock by itself is an order of nothing held
			lines[words[0]]++
		}
	}
	require.Equal(t, 2, lines["order"], text)
	require.Equal(t, 1, lines["report"], text)
	require.Contains(t, text, "mutex_test.nest")
	graph := graphfile.NewGraph()
	require.NoError(t, graph.Add(strings.NewReader(text), "the file"))
}

func TestLongWaitsWithRealLocks(t *testing.T) {
	for name, want := range map[string]string{
		"waits for one that is blocked": string(lockorder.KindLongWait) + "\n",
		"waits for one that is gone":    string(lockorder.KindLongWait) + "\n",
		"waits for one that works":      "",
	} {
		out, code := child(t, name, "wait="+shortWait.String())
		require.Zero(t, code)
		require.Equal(t, want, out, name)
		out, code = child(t, name, "")
		require.Zero(t, code)
		require.Empty(t, out, "off by default: %s", name)
	}
}

func TestSnapshotOfRealLocks(t *testing.T) {
	detect(t)
	var a, b mutex.Mutex
	var rw mutex.RWMutex
	inTurn(nesting(&a, &b), nesting(&b, &a), nesting(&a, rw.RLocker()))
	a.Lock()
	rw.RLock()
	done := make(chan struct{})
	go func() { nest(&a); close(done) }()
	waiters(t, 1)
	s := lockorder.Snapshot()
	a.Unlock()
	rw.RUnlock()
	<-done

	require.Len(t, s.Findings, 1)
	require.Equal(t, lockorder.Potential, s.Findings[0].Report.Tier)
	require.GreaterOrEqual(t, len(s.Orders), 3)
	require.Len(t, s.Waits, 1)
	require.Len(t, s.Waits[0].Holders, 1)
	mine := 0
	for _, h := range s.Held {
		if h.Goroutine == s.Waits[0].Holders[0] {
			mine++
			require.False(t, h.Finished)
			require.Contains(t, h.Hold.Stack[0].Func, "TestSnapshotOfRealLocks")
		}
	}
	require.Equal(t, 2, mine)

	raw, err := json.Marshal(s)
	require.NoError(t, err)
	var again lockorder.State
	require.NoError(t, json.Unmarshal(raw, &again))
	require.Equal(t, s, again)
	var drawing bytes.Buffer
	require.NoError(t, s.WriteDOT(&drawing))
	require.True(t, strings.HasPrefix(drawing.String(), "digraph"))
	for _, l := range []lockorder.Lock{s.Findings[0].Report.Edges[0].Want.Lock, s.Findings[0].Report.Edges[1].Want.Lock} {
		require.Contains(t, drawing.String(), fmt.Sprintf("%s #%d", l.Type, l.ID))
	}
}

// The package takes locks of its own at start, to measure; they are nobody's business.
func TestNothingIsOnRecordAtStart(t *testing.T) {
	out, code := child(t, "starts", "")
	require.Zero(t, code)
	require.Equal(t, "0 0\n", out)
}
