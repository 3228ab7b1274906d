package graphfile_test

import (
	"bytes"
	"encoding/json"
	"fmt"
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

func order(held ...graphfile.Hold) graphfile.Order {
	last := len(held) - 1
	return graphfile.Order{Held: held[:last], Want: held[last]}
}

// taken is an order and who took it.
type taken struct {
	goroutine uint64
	graphfile.Order
}

func by(goroutine uint64, holds ...graphfile.Hold) taken { return taken{goroutine, order(holds...)} }

// file writes one process's file as text.
func file(t require.TestingT, pid int, things ...any) string {
	var text bytes.Buffer
	w := graphfile.NewWriter(&text, graphfile.Process{ID: fmt.Sprint("p", pid), Host: "h", PID: pid, Program: "p"})
	for _, thing := range things {
		var err error
		switch thing := thing.(type) {
		case taken:
			err = w.Order(thing.goroutine, thing.Order)
		case json.RawMessage:
			err = w.Report(thing)
		case graphfile.Declaration:
			err = w.Declare(thing.Before, thing.After)
		case string:
			err = w.Class(thing, false)
		}
		require.NoError(t, err)
	}
	return text.String()
}

func merge(t require.TestingT, texts ...string) *graphfile.Graph {
	g := graphfile.NewGraph()
	for i, text := range texts {
		require.NoError(t, g.Add(strings.NewReader(text), fmt.Sprint("file ", i)))
	}
	return g
}

func written(t require.TestingT, g *graphfile.Graph) string {
	var b bytes.Buffer
	n, err := g.WriteTo(&b)
	require.NoError(t, err)
	require.EqualValues(t, b.Len(), n)
	return b.String()
}

func TestAProcessWritesWhatItSees(t *testing.T) {
	w, err := graphfile.Create(filepath.Join(t.TempDir(), "made", "here"))
	require.NoError(t, err)
	require.NoError(t, w.Class("bank.account", true))
	require.NoError(t, w.Order(7, order(hold(1, "RLock", 10), hold(2, "Lock", 12))))
	require.NoError(t, w.Order(8, order(hold(2, "Lock", 12), hold(3, "Lock", 12))))
	require.NoError(t, w.Declare("bank.account", "two words"))
	require.NoError(t, w.Report(json.RawMessage("{\n\"id\": 5\n}")))
	require.NoError(t, w.Close())

	text, err := os.ReadFile(w.Name())
	require.NoError(t, err)
	lines := strings.SplitN(string(text), "\n", 3)
	require.Equal(t, "interlock-graph 2", lines[0])
	require.Equal(t, `var bank.account
frame example.com/bank.(*Account).Move example.com/bank/account.go:10
hold Mutex RLock "" 1
frame example.com/bank.(*Account).Move example.com/bank/account.go:12
hold Mutex Lock "" 2
order 7 1.1 2.2
order 8 2.2 2.3
declare bank.account "two words"
report {"id":5}
`, lines[2])

	p, err := graphfile.ReadProcess(w.Name())
	require.NoError(t, err)
	require.Equal(t, os.Getpid(), p.PID)
	require.Contains(t, p.Program, "graphfile.test")
	require.Equal(t, "github.com/interlock-go/interlock", p.Module)
	g, err := graphfile.Merge(w.Name())
	require.NoError(t, err)
	require.Equal(t, 3, g.Locks())
	require.Equal(t, []string{"bank.account"}, g.Classes())
	require.True(t, g.Single("bank.account"))
	require.Equal(t, []graphfile.Declaration{{Before: "bank.account", After: "two words"}}, g.Declared())
	require.JSONEq(t, `{"id":5}`, string(g.Reports()[0].Raw))
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
	first, err := graphfile.ReadProcess(one.Name())
	require.NoError(t, err)
	second, err := graphfile.ReadProcess(two.Name())
	require.NoError(t, err)
	require.NotEqual(t, first.ID, second.ID)
}

func TestLinesOfManyGoroutinesNeverMix(t *testing.T) {
	w, err := graphfile.Create(t.TempDir())
	require.NoError(t, err)
	defer w.Close()
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for n := range 200 {
				_ = w.Order(uint64(g), order(hold(1, "Lock", n+1), hold(2, "Lock", g+1)))
			}
		})
	}
	all.Wait()

	g, err := graphfile.Merge(w.Name())
	require.NoError(t, err)
	require.Len(t, g.Orders(), 8*200)
}

// full is a disk that takes some bytes and no more.
type full struct{ room int }

func (f *full) Write(p []byte) (int, error) {
	n := min(f.room, len(p))
	f.room -= n
	if n < len(p) {
		return n, os.ErrDeadlineExceeded
	}
	return n, nil
}

func TestAfterAFailedWriteNothingFollows(t *testing.T) {
	disk := &full{room: 100}
	w := graphfile.NewWriter(disk, graphfile.Process{ID: "p"})
	require.ErrorIs(t, w.Order(1, order(hold(1, "Lock", 10), hold(2, "Lock", 20))), os.ErrDeadlineExceeded)
	disk.room = 1000
	require.ErrorIs(t, w.Class("c", false), os.ErrDeadlineExceeded)
	require.Equal(t, 1000, disk.room)
}

func TestAFileThatIsNotThereIsNamed(t *testing.T) {
	_, err := graphfile.Merge(filepath.Join(t.TempDir(), "none.graph"))
	require.ErrorContains(t, err, "none.graph")
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestPlacesAreTheSameOnEveryMachine(t *testing.T) {
	for _, c := range []struct{ function, file, want string }{
		{"example.com/bank.(*Account).Move", "/home/me/bank/account.go", "example.com/bank/account.go"},
		{"main.main", `C:\src\m.go`, "example.com/cmd/m/m.go"},
		{"gopkg.in/yaml%2ev3.(*Decoder).Decode.func1", "d.go", "gopkg.in/yaml.v3/d.go"},
		{"example.com/bank_test.TestMove", "/src/bank/move_test.go", "example.com/bank/move_test.go"},
		{"example.com/bank_test.Move", "/src/bank_test/move.go", "example.com/bank_test/move.go"},
		{"example.com/box.Get[go.shape.*example.com/other/a.T]", "/b.go", "example.com/box/b.go"},
		{"sync.(*Cond).Wait", "/usr/lib/go/src/sync/cond.go", "sync/cond.go"},
		{"", "/x/y.go", "y.go"},
	} {
		require.Equal(t, c.want, graphfile.Portable(c.function, c.file, "example.com/cmd/m"), c.function)
	}
}

func TestNamesCarryAcrossProcesses(t *testing.T) {
	require.Equal(t, "bank.account", graphfile.Hold{Class: "bank.account", Type: "Mutex"}.Name())
	require.Equal(t, "lock@/home/me/bank/account.go:10", hold(3, "Lock", 10).Name())
	require.Equal(t, "", graphfile.Hold{Type: "Mutex"}.Name())
}

func TestTheSameOrderFromTwoProcessesIsOne(t *testing.T) {
	g := merge(t,
		file(t, 2, by(8, hold(900, "Lock", 10), hold(1, "Lock", 20)), by(8, hold(1, "Lock", 20), hold(900, "Lock", 10))),
		file(t, 1, by(7, hold(1, "Lock", 10), hold(2, "Lock", 20)), by(9, hold(3, "Lock", 10), hold(4, "Lock", 20))),
	)
	orders := g.Orders()
	require.Len(t, orders, 2)
	require.Equal(t, 2, g.Len())
	require.Equal(t, []graphfile.Sighting{{0, 7}, {0, 9}, {1, 8}}, orders[0].Seen)
	require.Equal(t, []graphfile.Sighting{{1, 8}}, orders[1].Seen)
	require.Equal(t, 4+2, g.Locks())
	require.Equal(t, []int{1, 2}, []int{g.Processes()[0].PID, g.Processes()[1].PID}, "sorted by ID")
}

func TestModesAndClassesTellOrdersApart(t *testing.T) {
	classed := hold(1, "Lock", 10)
	classed.Class = "bank.account"
	g := merge(t, file(t, 1,
		by(1, hold(1, "Lock", 10), hold(2, "Lock", 20)),
		by(1, hold(1, "RLock", 10), hold(2, "Lock", 20)),
		by(1, classed, hold(2, "Lock", 20)),
	))
	require.Len(t, g.Orders(), 3)
}

// A lock that was met only as a held one is taken for an RWMutex.
func TestTypesTellNothingApart(t *testing.T) {
	guessed := hold(1, "Lock", 10)
	guessed.Type = "RWMutex"
	for _, both := range [][]any{
		{by(1, hold(1, "Lock", 10), hold(2, "Lock", 20)), by(1, guessed, hold(2, "Lock", 20))},
		{by(1, guessed, hold(2, "Lock", 20)), by(1, hold(1, "Lock", 10), hold(2, "Lock", 20))},
	} {
		g := merge(t, file(t, 1, both...))
		require.Len(t, g.Orders(), 1)
		require.Equal(t, "Mutex", g.Orders()[0].Held[0].Type)
	}
}

func TestDeepStacksTellOrdersApartByTheirTops(t *testing.T) {
	deep := func(lines ...int) taken {
		h := hold(1, "Lock", lines[0])
		for _, line := range lines[1:] {
			h.Site = append(h.Site, graphfile.Frame{Func: "p.F", File: "f.go", Line: line})
		}
		return by(1, h, hold(2, "Lock", 20))
	}
	g := merge(t, file(t, 1, deep(1, 2, 3, 5), deep(1, 2, 3, 4)))
	require.Len(t, g.Orders(), 1, "two tests call the same")
	require.Equal(t, 4, g.Orders()[0].Held[0].Site[3].Line, "the lesser, whichever came first")
	require.Len(t, merge(t, file(t, 1, deep(1, 2, 3), deep(1, 4, 3))).Orders(), 2, "two callers of one wrapper")
}

func report(raw string) json.RawMessage { return json.RawMessage(raw) }

func TestReportsWithoutPlacesAreOneByTheirID(t *testing.T) {
	g := merge(t,
		file(t, 1, report(`{"id":"x","text":"second"}`), report(`{"id":"y"}`)),
		file(t, 2, report(`{"id":"x","text":"first"}`), report(`{"neither":true}`)),
	)
	require.Len(t, g.Reports(), 3)
	seen := map[string][]int{}
	for _, r := range g.Reports() {
		seen[string(r.Raw)] = r.Seen
	}
	require.Equal(t, map[string][]int{`{"id":"x","text":"first"}`: {0, 1}, `{"id":"y"}`: {0}, `{"neither":true}`: {1}}, seen)
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
	finding := func(id, tier string, edges ...string) json.RawMessage {
		return report(fmt.Sprintf(`{"id":%q,"tier":%q,"edges":[%s]}`, id, tier, strings.Join(edges, ",")))
	}
	ab, ba := edge([]int{1, 5, 9, 100}, []int{2}), edge([]int{3}, []int{4})
	for name, c := range map[string]struct {
		other json.RawMessage
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
