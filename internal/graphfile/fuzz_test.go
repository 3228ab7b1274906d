package graphfile_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/graphfile"
)

// Whatever a file holds, it is an error with its line, or what was taken from it
// can be written and read again. A file that is cut is an error, unless the cut is
// between two lines: then it is what its process had written until then.
func FuzzAdd(f *testing.F) {
	f.Add(header+good+"order 1 1.1 1.2\nreport {}\nclass c\ndeclare a b\n", 40)
	f.Add(header+block+"report {\"id\":\"x\"}\nby 0\n"+header, 80)
	f.Add(header+"frame \"p.F\" \"p/f.go:1\"\nhold \"Mutex\" Lock c 1\norder 1 1.1\n", 60)
	f.Add(header[:20], 3)
	f.Add(good+block+"report [1, {\"a\":\"\\u0000\"}]\nvar x\nprocess b h -1 \"\" \"\" 7\nframe \"\" :1\n", 30)
	f.Fuzz(func(t *testing.T, text string, cut int) {
		if !strings.HasPrefix(text, "interlock-graph ") {
			text = header + text // so that a change of the first lines is not all that is tried
		}
		g, err := added(text)
		if err != nil {
			at := fileError(t, err)
			require.GreaterOrEqual(t, at.Line, 1)
			require.LessOrEqual(t, at.Line, 1+strings.Count(text, "\n"))
			require.Empty(t, g.Processes())
			require.Empty(t, g.Orders())
			return
		}
		once := written(t, g)
		again, err := added(once)
		require.NoError(t, err, once)
		require.Equal(t, once, written(t, again))
		require.Equal(t, g.Processes(), again.Processes())
		require.Equal(t, g.Orders(), again.Orders())
		require.Equal(t, g.Reports(), again.Reports())

		for _, whole := range []string{text, once} {
			if cut < 1 || cut >= len(whole) || whole[cut-1] == '\n' {
				continue
			}
			_, err := added(whole[:cut])
			require.Equal(t, 1+strings.Count(whole[:cut], "\n"), fileError(t, err).Line)
		}
	})
}

func added(text string) (*graphfile.Graph, error) {
	g := graphfile.NewGraph()
	return g, g.Add(strings.NewReader(text), "f")
}

func fileError(t *testing.T, err error) *graphfile.FileError {
	t.Helper()
	var at *graphfile.FileError
	require.ErrorAs(t, err, &at)
	return at
}

// Whatever a process sees and is called, what its writer has written is read as that.
func FuzzWriter(f *testing.F) {
	f.Add("p", "host", "app.F", "app/f.go", "Mutex", "user", 7, uint64(3))
	f.Add("\x00", "", "main.(*T[...]).F·1", `C:\a b.go`, "\"", "lock@x", -1, uint64(1<<63))
	f.Fuzz(func(t *testing.T, id, name, function, file, kind, class string, line int, goroutine uint64) {
		var text strings.Builder
		w := graphfile.NewWriter(&text, graphfile.Process{ID: "p" + id, Host: name, PID: line, Program: name, Module: class})
		h := graphfile.Hold{Class: class, Type: kind, Mode: "RLock", Site: []graphfile.Frame{{Func: function, File: file, Line: line}}}
		require.NoError(t, w.Order(goroutine, order(h, h)))
		require.NoError(t, w.Declare(class, name))
		g, err := added(text.String())
		require.NoError(t, err, text.String())
		require.Equal(t, []graphfile.Process{{ID: "p" + id, Host: name, PID: line, Program: name, Module: class, Locks: g.Locks()}}, g.Processes())
		h.Site[0].File = w.Portable(function, file)
		require.Equal(t, []graphfile.Order{{Held: []graphfile.Hold{h}, Want: h, Seen: []graphfile.Sighting{{0, goroutine}}}}, g.Orders())
		require.Equal(t, []graphfile.Declaration{{Before: class, After: name}}, g.Declared())
	})
}
