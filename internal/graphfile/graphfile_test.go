package graphfile_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/graphfile"
)

// hold makes a lock acquired at one line of a file.
func hold(lock uint64, mode string, line int) graphfile.Hold {
	return graphfile.Hold{Lock: lock, Type: "Mutex", Mode: mode, Site: []graphfile.Frame{
		{Func: "example.com/bank.(*Account).Move", File: "/home/me/bank/account.go", Line: line},
	}}
}

func order(goroutine uint64, held, want graphfile.Hold) graphfile.Order {
	return graphfile.Order{Goroutine: goroutine, Held: []graphfile.Hold{held}, Want: want}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	w, err := graphfile.Create(filepath.Join(t.TempDir(), "made", "here"))
	require.NoError(t, err)
	wrote := order(7, hold(1, "RLock", 10), hold(2, "Lock", 12))
	require.NoError(t, w.Order(wrote))
	require.NoError(t, w.Report(json.RawMessage("{\n\"id\": 5\n}")))
	require.NoError(t, w.Close())

	file, err := os.Open(w.Name())
	require.NoError(t, err)
	defer file.Close()
	r := graphfile.NewReader(file, w.Name())
	process, err := r.Next()
	require.NoError(t, err)
	require.Equal(t, os.Getpid(), process.(*graphfile.Process).PID)
	require.Contains(t, process.(*graphfile.Process).Program, "graphfile.test")
	read, err := r.Next()
	require.NoError(t, err)
	require.Equal(t, &wrote, read)
	report, err := r.Next()
	require.NoError(t, err)
	require.JSONEq(t, `{"id":5}`, string(report.(*graphfile.Report).Raw))
	_, err = r.Next()
	require.Equal(t, io.EOF, err)
}

func TestCreateNeverReusesAFile(t *testing.T) {
	dir := t.TempDir()
	one, err := graphfile.Create(dir)
	require.NoError(t, err)
	defer one.Close()
	two, err := graphfile.Create(dir)
	require.NoError(t, err)
	defer two.Close()
	require.NotEqual(t, one.Name(), two.Name())
}

func TestLinesOfManyGoroutinesNeverMix(t *testing.T) {
	w, err := graphfile.Create(t.TempDir())
	require.NoError(t, err)
	defer w.Close()
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for n := range 200 {
				_ = w.Order(order(uint64(g), hold(1, "Lock", n+1), hold(2, "Lock", g+1)))
			}
		})
	}
	all.Wait()

	g, err := graphfile.Merge(w.Name())
	require.NoError(t, err)
	require.Len(t, g.Orders(), 8*200)
}

const header = `{"kind":"process","format":"interlock-graph","version":1,"program":"p","pid":1}` + "\n"

func TestBadFilesAreNamedAndLeftOut(t *testing.T) {
	good := `{"kind":"order","goroutine":1,"held":[{"lock":1,"type":"Mutex","mode":"Lock","site":[{"func":"p.F","file":"f.go","line":1}]}],"want":{"lock":2,"class":"c","type":"Mutex","mode":"Lock","site":[]}}` + "\n"
	for name, c := range map[string]struct {
		text string
		line int
		want string
	}{
		"empty":             {"", 1, "not an interlock graph file"},
		"foreign text":      {"hello\n", 1, "not an interlock graph file"},
		"foreign JSON":      {`{"kind":"process","pid":3}` + "\n", 1, "not an interlock graph file"},
		"order first":       {good, 1, "not an interlock graph file"},
		"later version":     {strings.Replace(header, `"version":1`, `"version":9`, 1), 1, "format version 9, this program reads 1"},
		"cut in the header": {header[:30], 1, "truncated"},
		"cut in an order":   {header + good + good[:len(good)/2], 3, "truncated"},
		"cut at line's end": {header + good[:len(good)-1], 2, "truncated"},
		"not JSON":          {header + "{\n", 2, "unknown kind of line"},
		"broken JSON":       {header + `{"kind":"order","held":[}` + "\n", 2, "invalid character"},
		"unknown kind":      {header + `{"kind":"wish"}` + "\n", 2, `unknown kind of line "wish"`},
		"says nothing":      {header + `{"kind":"order"}` + "\n", 2, "want: mode"},
		"bad mode":          {header + strings.Replace(good, `"mode":"Lock"`, `"mode":"lock"`, 1), 2, `mode "lock" is neither Lock nor RLock`},
		"nameless lock":     {header + strings.Replace(good, `"class":"c",`, ``, 1), 2, "neither a class nor a site"},
		"empty report":      {header + `{"kind":"report"}` + "\n", 2, "report is empty"},
		"seen by nobody":    {header + strings.Replace(good, `"goroutine":1`, `"seen":[{"process":1,"goroutine":1}]`, 1), 2, "seen by process 1 of 1"},
	} {
		t.Run(name, func(t *testing.T) {
			bad := filepath.Join(t.TempDir(), "bad.jsonl")
			require.NoError(t, os.WriteFile(bad, []byte(c.text), 0o666))
			fine := filepath.Join(t.TempDir(), "fine.jsonl")
			require.NoError(t, os.WriteFile(fine, []byte(header+good), 0o666))

			g, err := graphfile.Merge(bad, fine)
			require.ErrorContains(t, err, fmt.Sprintf("%s:%d: ", bad, c.line))
			require.ErrorContains(t, err, c.want)
			var at *graphfile.FileError
			require.ErrorAs(t, err, &at)
			require.Len(t, g.Orders(), 1)
			require.Len(t, g.Processes, 1, "nothing of the bad file")
			require.Equal(t, 1, g.Orders()[0].Count)
		})
	}
}

func TestAFileThatIsNotThereIsNamed(t *testing.T) {
	_, err := graphfile.Merge(filepath.Join(t.TempDir(), "none.jsonl"))
	require.ErrorContains(t, err, "none.jsonl")
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestNamesCarryAcrossProcesses(t *testing.T) {
	for _, c := range []struct {
		hold graphfile.Hold
		want string
	}{
		{hold(3, "Lock", 10), "Mutex@example.com/bank/account.go:10"},
		{graphfile.Hold{Class: "bank.account", Type: "Mutex"}, "bank.account"},
		{graphfile.Hold{Type: "RWMutex", Site: []graphfile.Frame{{Func: "main.main", File: `C:\src\m.go`, Line: 4}}}, "RWMutex@main/m.go:4"},
		{graphfile.Hold{Type: "Once", Site: []graphfile.Frame{{Func: "gopkg.in/yaml%2ev3.(*Decoder).Decode.func1", File: "d.go", Line: 1}}}, "Once@gopkg.in/yaml.v3/d.go:1"},
	} {
		require.Equal(t, c.want, c.hold.Name())
	}
}

// file writes one process's file as text.
func file(t *testing.T, pid int, lines ...any) string {
	t.Helper()
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"kind":"process","format":"interlock-graph","version":1,"program":"p","pid":%d}`+"\n", pid)
	for _, line := range lines {
		text, err := json.Marshal(line)
		require.NoError(t, err)
		kind := "report"
		if _, ok := line.(graphfile.Order); ok {
			kind = "order"
		}
		fmt.Fprintf(&b, "{\"kind\":%q,%s\n", kind, text[1:])
	}
	return b.String()
}

func merge(t *testing.T, texts ...string) *graphfile.Graph {
	t.Helper()
	g := &graphfile.Graph{}
	for i, text := range texts {
		require.NoError(t, g.Add(strings.NewReader(text), fmt.Sprint("file ", i)))
	}
	return g
}

func TestTheSameOrderFromTwoProcessesIsOne(t *testing.T) {
	g := merge(t,
		file(t, 1, order(7, hold(1, "Lock", 10), hold(2, "Lock", 20)), order(9, hold(3, "Lock", 10), hold(4, "Lock", 20))),
		file(t, 2, order(8, hold(900, "Lock", 10), hold(1, "Lock", 20)), order(8, hold(1, "Lock", 20), hold(900, "Lock", 10))),
	)
	orders := g.Orders()
	require.Len(t, orders, 2)
	require.Equal(t, 2, orders[0].Count, "in processes, not in instances")
	require.Equal(t, []graphfile.Sighting{{0, 7}, {0, 9}, {1, 8}}, orders[0].Seen)
	require.Equal(t, 1, orders[1].Count)
	require.Equal(t, 4+2, g.Locks())
}

func TestModesAndClassesTellOrdersApart(t *testing.T) {
	classed := hold(1, "Lock", 10)
	classed.Class = "bank.account"
	g := merge(t, file(t, 1,
		order(1, hold(1, "Lock", 10), hold(2, "Lock", 20)),
		order(1, hold(1, "RLock", 10), hold(2, "Lock", 20)),
		order(1, classed, hold(2, "Lock", 20)),
	))
	require.Len(t, g.Orders(), 3)
}

func TestDeepStacksTellOrdersApartByTheirTops(t *testing.T) {
	deep := func(lines ...int) graphfile.Order {
		h := hold(1, "Lock", lines[0])
		for _, line := range lines[1:] {
			h.Site = append(h.Site, graphfile.Frame{Func: "p.F", File: "f.go", Line: line})
		}
		return order(1, h, hold(2, "Lock", 20))
	}
	require.Len(t, merge(t, file(t, 1, deep(1, 2, 3, 4), deep(1, 2, 3, 5))).Orders(), 1, "two tests call the same")
	require.Len(t, merge(t, file(t, 1, deep(1, 2, 3), deep(1, 4, 3))).Orders(), 2, "two callers of one wrapper")
}

func report(raw string) graphfile.Report { return graphfile.Report{Raw: json.RawMessage(raw)} }

func TestReportsWithoutPlacesAreOneByTheirID(t *testing.T) {
	g := merge(t,
		file(t, 1, report(`{"id":"x","text":"first"}`), report(`{"id":"y"}`)),
		file(t, 2, report(`{"id":"x","text":"again"}`), report(`{"neither":true}`)),
	)
	require.Len(t, g.Reports(), 3)
	counts := map[string]int{}
	for _, r := range g.Reports() {
		counts[string(r.Raw)] = r.Count
	}
	require.Equal(t, map[string]int{`{"id":"x","text":"first"}`: 2, `{"id":"y"}`: 1, `{"neither":true}`: 1}, counts)
}

// edge is one goroutine's part in a report: two stacks, given as lines.
func edge(held, want []int) string {
	stack := func(lines []int) string {
		var frames []string
		for _, line := range lines {
			frames = append(frames, fmt.Sprintf(`{"func":"p.F","file":"f.go","line":%d}`, line))
		}
		return fmt.Sprintf(`{"lock":{"id":%d,"type":"Mutex"},"stack":[%s]}`, lines[0], strings.Join(frames, ","))
	}
	return fmt.Sprintf(`{"held":[%s],"want":%s}`, stack(held), stack(want))
}

// Another binary has other addresses, so the ids differ.
func TestAFindingIsTheSameInAnotherBuild(t *testing.T) {
	finding := func(id, tier string, edges ...string) graphfile.Report {
		return report(fmt.Sprintf(`{"id":%q,"tier":%q,"edges":[%s]}`, id, tier, strings.Join(edges, ",")))
	}
	ab, ba := edge([]int{1, 5, 9, 100}, []int{2}), edge([]int{3}, []int{4})
	for name, c := range map[string]struct {
		other graphfile.Report
		want  int
	}{
		"other id":          {finding("2", "potential", ab, ba), 1},
		"cycle turned":      {finding("2", "potential", ba, ab), 1},
		"reached elsewhere": {finding("2", "potential", edge([]int{1, 5, 9, 200}, []int{2}), ba), 1},
		"behind a wrapper":  {finding("1", "potential", edge([]int{1, 6, 9, 100}, []int{2}), ba), 2},
		"other place":       {finding("1", "potential", ab, edge([]int{3}, []int{7})), 2},
		"other tier":        {finding("1", "guarded", ab, ba), 2},
	} {
		t.Run(name, func(t *testing.T) {
			g := merge(t, file(t, 1, finding("1", "potential", ab, ba)), file(t, 2, c.other))
			require.Len(t, g.Reports(), c.want)
		})
	}
}

func TestSightingsAreBounded(t *testing.T) {
	var orders []any
	for g := range 100 {
		orders = append(orders, order(uint64(g), hold(1, "Lock", 10), hold(2, "Lock", 20)))
	}
	g := merge(t, file(t, 1, orders...))
	require.Len(t, g.Orders(), 1)
	require.Len(t, g.Orders()[0].Seen, graphfile.MaxSeen)
}
