package baseline_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/baseline"
)

// Whatever a baseline holds, it is an error with its line, or what was read can be
// written and is read again as the same; a baseline that is cut inside a line is an error.
func FuzzRead(f *testing.F) {
	f.Add(sample, 70)
	f.Add(sample[len(head):], 70)
	f.Add(strings.ReplaceAll(sample, "\n", "\r\n"), 100)
	f.Add(head+"declare a b \"c d\"\n#\n\norder \"lock@a\" Lock > \">\" RLock\n\t\"a b:1\" > c:x\n", 24)
	f.Fuzz(func(t *testing.T, text string, cut int) {
		if !strings.HasPrefix(text, "lockorder-baseline ") {
			text = head + text // so that a change of the first line is not all that is tried
		}
		got, err := baseline.Read(strings.NewReader(text), "f")
		if err != nil {
			at := lineError(t, err)
			require.GreaterOrEqual(t, at.Line, 1)
			require.LessOrEqual(t, at.Line, 1+strings.Count(text, "\n"))
			return
		}
		once := written(t, got)
		again := read(t, once)
		require.Equal(t, once, written(t, again))
		require.Equal(t, withoutLines(got), withoutLines(again))
		keys := map[string]bool{}
		for _, o := range baseline.Merge(got.Orders) {
			require.False(t, keys[o.Key()], "one order, twice: %s", o.Key())
			keys[o.Key()] = true
		}
		if cut >= 0 && cut < len(text) && (cut == 0 || text[cut-1] != '\n') {
			_, err := baseline.Read(strings.NewReader(text[:cut]), "f")
			require.Equal(t, 1+strings.Count(text[:cut], "\n"), lineError(t, err).Line)
		}
	})
}

// The places of classes tell no two orders apart, wherever in them the others are.
func TestAnOrderIsThereOnce(t *testing.T) {
	f := read(t, head+strings.Join([]string{
		"order c Lock > lock@f Lock\n\ta:1 > b:1\n", "order c Lock > lock@f Lock\n\ta:1 > b:2\n", "order c Lock > lock@f Lock\n\ta:2 > b:1\n",
	}, ""))
	require.Equal(t, head+"order c Lock > lock@f Lock\n\ta:1 > b:1\norder c Lock > lock@f Lock\n\ta:1 > b:2\n", written(t, f))
}

func lineError(t *testing.T, err error) *baseline.Error {
	t.Helper()
	var at *baseline.Error
	require.ErrorAs(t, err, &at)
	return at
}

// withoutLines is what a file says, wherever in the file it says it.
func withoutLines(f *baseline.File) baseline.File {
	said := baseline.File{Comments: f.Comments, Orders: baseline.Merge(f.Orders)}
	for _, d := range f.Declared {
		said.Declared = append(said.Declared, baseline.Declaration{Declaration: d.Declaration})
	}
	for _, s := range f.Suppressed {
		s.Line = 0
		said.Suppressed = append(said.Suppressed, s)
	}
	slices.SortFunc(said.Suppressed, func(a, b baseline.Suppression) int { return strings.Compare(a.ID, b.ID) })
	for i := range said.Orders {
		said.Orders[i].Line = 0
	}
	return said
}
