package graphfile_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/graphfile"
)

const (
	header = "interlock-graph 2\nprocess a1 host 1 /p/a.test example.com/a\n"
	good   = "frame p.F p/f.go:1\nhold Mutex Lock c 1\norder 1 1.1 1.2\n"
	block  = "order\n\theld c Mutex Lock\n\t\tat p.F p/f.go:1\n\twant d Mutex Lock\n\tseen 0/7\n"
)

func TestBadFilesAreNamedAndLeftOut(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		line int
		want string
	}{
		"empty":              {"", 1, "not an interlock graph file"},
		"foreign text":       {"hello\n", 1, "not an interlock graph file"},
		"foreign text, cut":  {"hello", 1, "not an interlock graph file"},
		"foreign JSON":       {`{"kind":"process","pid":3}` + "\n", 1, "not an interlock graph file"},
		"later version":      {strings.Replace(header, " 2", " 9", 1), 1, "format version 9, this program reads 2"},
		"no process":         {header[:18], 1, "no process has written it"},
		"order first":        {header[:18] + good, 2, "a line before the first process"},
		"cut in the header":  {header[:30], 2, "truncated"},
		"cut in an order":    {header + good + good[:len(good)-4], 8, "truncated"},
		"cut at line's end":  {header + good[:len(good)-1], 5, "truncated"},
		"empty line":         {header + "\n", 3, "a word is missing"},
		"unknown kind":       {header + "wish 1\n", 3, `unknown kind of line "wish"`},
		"no pid":             {"interlock-graph 2\nprocess a1 host x p m\n", 2, "not a number"},
		"no ID":              {"interlock-graph 2\nprocess \"\" host 1 p m\n", 2, "a process without an ID"},
		"half a process":     {"interlock-graph 2\nprocess a1 host 1\n", 2, "a word is missing"},
		"no such frame":      {header + "hold Mutex Lock c 1\n", 3, "frame 1 of 0"},
		"no such hold":       {header + "order 1 1.1\n", 3, "hold 1 of 0"},
		"frame nothing":      {header + "frame p.F p/f.go:1\nhold Mutex Lock c 0\n", 4, "frame 0 of 1"},
		"frame too large":    {header + "hold Mutex Lock c 99999999999999999999\n", 3, "not a number"},
		"no line":            {header + "frame p.F p/f.go\n", 3, "a frame is not FUNCTION FILE:LINE"},
		"bad line":           {header + "frame p.F p/f.go:x\n", 3, "not a number"},
		"order of nothing":   {header + "order 1\n", 3, "an order without a lock"},
		"no instance":        {header + good + "order 1 1\n", 6, "a hold without the number of its lock"},
		"no goroutine":       {header + good + "order x 1.1\n", 6, "not a number"},
		"bad mode":           {header + "frame p.F p/f.go:1\nhold Mutex lock c 1\n", 4, `mode "lock" is neither Lock nor RLock`},
		"nameless lock":      {header + "hold Mutex Lock \"\"\n", 3, "neither a class nor a place"},
		"quote without end":  {header + "class \"a\n", 3, "a quoted word does not end"},
		"half a declaration": {header + "declare a\n", 3, "a word is missing"},
		"empty report":       {header + "report\n", 3, "report is empty"},
		"broken report":      {header + "report {\n", 3, "report is not JSON"},
		"by no report":       {header + "by 0\n", 3, "by without a report"},
		"by nobody":          {header + "report {}\nby 1\n", 4, "seen by process 1 of 1"},
		"seen by nobody":     {header + strings.Replace(block, "0/7", "1/7", 1), 7, "seen by process 1 of 1"},
		"seen by halves":     {header + strings.Replace(block, "0/7", "0", 1), 7, "not PROCESS/GOROUTINE"},
		"unseen":             {header + strings.Replace(block, "\tseen 0/7\n", "class c\n", 1), 7, "the order before this line is not complete"},
		"wants nothing":      {header + strings.Replace(block, "want", "held", 1), 7, "the order before this line is not complete"},
		"wants twice":        {header + block[:len(block)-10] + "\twant d Mutex Lock\n", 7, "a lock after the wanted one"},
		"block alone":        {header + "\twant d Mutex Lock\n", 3, "a line that belongs to an order, without one"},
		"frame alone":        {header + "order\n\t\tat p.F p/f.go:1\n", 4, "a line that belongs to an order, without one"},
		"two spaces":         {"interlock-graph 2\nprocess  \n", 2, "a word is missing"},
		"two names":          {header + "class a b\n", 3, "more words than the line can have"},
		"three declared":     {header + "declare a b c\n", 3, "more words than the line can have"},
		"mode in block":      {header + strings.Replace(block, "c Mutex Lock", "c Mutex lock", 1), 4, `mode "lock" is neither Lock nor RLock`},
		"more in block":      {header + strings.Replace(block, "c Mutex Lock", "c Mutex Lock x", 1), 4, "a hold has more than a type, a mode and a class"},
		"less in block":      {header + strings.Replace(block, "c Mutex Lock", "c Mutex", 1), 4, "a word is missing"},
		"odd line in block":  {header + "order\n\twish\n", 4, `unknown kind of line "wish"`},
	} {
		t.Run(name, func(t *testing.T) {
			bad := filepath.Join(t.TempDir(), "bad.graph")
			require.NoError(t, os.WriteFile(bad, []byte(c.text), 0o666))
			fine := filepath.Join(t.TempDir(), "fine.graph")
			require.NoError(t, os.WriteFile(fine, []byte(strings.Replace(header, "a1", "a2", 1)+good+block), 0o666))

			g, err := graphfile.Merge(bad, fine)
			require.ErrorContains(t, err, fmt.Sprintf("%s:%d: ", bad, c.line))
			require.ErrorContains(t, err, c.want)
			var at *graphfile.FileError
			require.ErrorAs(t, err, &at)
			require.Len(t, g.Orders(), 2)
			require.Len(t, g.Processes(), 1, "nothing of the bad file")
			require.Equal(t, []graphfile.Sighting{{0, 1}}, g.Orders()[0].Seen)
		})
	}
}

func TestALineMayBeLong(t *testing.T) {
	long := `{"id":"` + strings.Repeat("x", 1<<20) + `"}`
	g := merge(t, header+"report "+long+"\n"+good)
	require.Equal(t, long, string(g.Reports()[0].Raw))
	require.Len(t, g.Orders(), 1)
}

func TestNamesCannotBreakALine(t *testing.T) {
	for _, name := range []string{"a b", "a\nb", `a"b`, `"`, "", "order", "\t", "-", "a\u202eb", "…", "a\xffb", `\n`, "a:1"} {
		h := graphfile.Hold{Class: name, Type: "T " + name, Mode: "Lock", Site: []graphfile.Frame{{Func: "p." + name, File: "p/" + name, Line: 3}}}
		var text bytes.Buffer
		w := graphfile.NewWriter(&text, graphfile.Process{ID: "p" + name, Host: name, Program: name, Module: name})
		require.NoError(t, w.Order(1, order(h, h)))
		require.NoError(t, w.Class(name, len(name)%2 == 0))
		require.NoError(t, w.Declare(name, name))
		once := written(t, merge(t, text.String()))
		g := merge(t, once)
		require.Equal(t, once, written(t, g), name)
		require.Equal(t, name, g.Orders()[0].Want.Class)
		require.Equal(t, "p."+name, g.Orders()[0].Want.Site[0].Func)
		require.Equal(t, name, g.Processes()[0].Module)
		require.Contains(t, g.Classes(), name)
	}
}
