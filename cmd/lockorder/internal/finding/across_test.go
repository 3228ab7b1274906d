package finding_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/cmd/lockorder/internal/finding"
	"github.com/interlock-go/interlock/internal/graphfile"
	"github.com/interlock-go/interlock/lockorder"
)

// program is the orders of each of some processes: "7:user>session" is goroutine
// 7 that wants session with user held, a small r before a name is a read lock,
// a capital name has no class, and g is a variable of a package.
type program [][]string

func (p program) graph(t *testing.T) *graphfile.Graph {
	t.Helper()
	g := graphfile.NewGraph()
	for pid, orders := range p {
		var text strings.Builder
		w := graphfile.NewWriter(&text, graphfile.Process{ID: fmt.Sprint(pid), PID: pid, Program: fmt.Sprintf("p%d.test", pid)})
		require.NoError(t, w.Class("g", true))
		for _, order := range orders {
			goroutine, rest, _ := strings.Cut(order, ":")
			held, want, _ := strings.Cut(rest, ">")
			o := graphfile.Order{Want: hold(pid, want)}
			for name := range strings.FieldsSeq(held) {
				o.Held = append(o.Held, hold(pid, name))
			}
			n, err := strconv.ParseUint(goroutine, 10, 64)
			require.NoError(t, err)
			require.NoError(t, w.Order(n, o))
		}
		require.NoError(t, g.Add(strings.NewReader(text.String()), "p"))
	}
	return g
}

func hold(pid int, name string) graphfile.Hold {
	mode := "Lock"
	if rest, ok := strings.CutPrefix(name, "r"); ok {
		name, mode = rest, "RLock"
	}
	class := name
	if strings.ToUpper(name) == name {
		class = ""
	}
	return graphfile.Hold{
		Lock: uint64(1000*pid + int(name[0])), Class: class, Type: "RWMutex", Mode: mode,
		Site: []graphfile.Frame{{Func: "p." + name, File: "/src/p.go", Line: int(name[0])}},
	}
}

// acrossOf are the reports on what the processes, which have none themselves, do together.
func acrossOf(g *graphfile.Graph) (all []lockorder.Report) {
	for _, f := range finding.Collect(g) {
		all = append(all, f.Report)
	}
	return all
}

func TestAcross(t *testing.T) {
	for name, c := range map[string]struct {
		program program
		want    string // tiers
	}{
		"inverse in another process":       {program{{"1:a>b"}, {"1:b>a"}}, "potential"},
		"the same in another process":      {program{{"1:a>b"}, {"1:a>b"}}, ""},
		"one process has seen it":          {program{{"1:a>b", "2:b>a"}, {"1:b>a"}}, ""},
		"each in one goroutine only":       {program{{"1:a>b", "1:b>a"}, {"1:a>b"}}, "potential"},
		"one goroutine of one process":     {program{{"1:a>b", "1:b>a"}, {}}, ""},
		"three processes":                  {program{{"1:a>b"}, {"1:b>c"}, {"1:c>a"}}, "potential"},
		"no classes":                       {program{{"1:A>B"}, {"1:B>A"}}, ""},
		"half a class":                     {program{{"1:a>B"}, {"1:B>a"}}, ""},
		"readers":                          {program{{"1:ra>rb"}, {"1:rb>ra"}}, "needs-writer"},
		"readers and writers without more": {program{{"1:ra>rb"}, {"1:rb>ra"}, {"1:>a", "2:>b"}}, "potential"},
		"a gate without a class":           {program{{"1:G a>b"}, {"1:G b>a"}}, "guarded"},
		"a package's variable as a gate":   {program{{"1:g a>b"}, {"1:g b>a"}}, "guarded"},
		"a lock of a class is no gate":     {program{{"1:x a>b"}, {"1:x b>a"}}, "potential"},
		"a gate on one side":               {program{{"1:G a>b"}, {"1:b>a"}}, "potential"},
		"within a class":                   {program{{"1:a>a"}, {"1:a>a"}}, ""},
		"two cycles":                       {program{{"1:a>b", "1:c>d"}, {"1:b>a", "1:d>c"}}, "potential potential"},
	} {
		t.Run(name, func(t *testing.T) {
			var tiers []string
			for _, r := range acrossOf(c.program.graph(t)) {
				tiers = append(tiers, r.Tier.String())
			}
			require.Equal(t, c.want, strings.Join(tiers, " "))
		})
	}
}

func TestAcrossSaysWhoSawWhat(t *testing.T) {
	found := acrossOf(program{{"7:user>session"}, {"9:session>user"}}.graph(t))
	require.Len(t, found, 1)
	text := found[0].String()
	require.True(t, strings.HasPrefix(text, "interlock: potential: session, user are taken in orders that form a cycle, each by another process\n"), text)
	require.Contains(t, text, "goroutine 9 is of p1.test (pid 1); goroutine 7 is of p0.test (pid 0)")
	require.Contains(t, text, "p/p.go:117")
	require.Equal(t, lockorder.KindInversion, found[0].Kind)
}
