package graphfile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/interlock-go/interlock/internal/graphfile"
)

// drawing makes the files of some processes.
var drawing = rapid.SliceOfNDistinct(rapid.Custom(drawFile), 1, 6, func(text string) string {
	return strings.SplitN(text, "\n", 3)[1] // no two of one process
})

func drawFile(rt *rapid.T) string {
	var things []any
	for range rapid.IntRange(0, 12).Draw(rt, "orders") {
		holds := rapid.SliceOfN(rapid.Custom(drawHold), 1, 3).Draw(rt, "holds")
		things = append(things, by(rapid.Uint64Range(1, 20).Draw(rt, "goroutine"), holds...))
	}
	if rapid.Bool().Draw(rt, "reports") {
		id := rapid.IntRange(1, 2).Draw(rt, "id")
		things = append(things, report(fmt.Sprintf(`{"id":"%d","n":%d}`, id, rapid.IntRange(1, 3).Draw(rt, "n"))))
	}
	if rapid.Bool().Draw(rt, "declares") {
		things = append(things, graphfile.Declaration{Before: "a", After: rapid.SampledFrom([]string{"b", "c"}).Draw(rt, "after")}, "a")
	}
	return file(rt, rapid.IntRange(1, 40).Draw(rt, "pid"), things...)
}

func drawHold(rt *rapid.T) graphfile.Hold {
	h := hold(rapid.Uint64Range(1, 3).Draw(rt, "lock"), rapid.SampledFrom([]string{"Lock", "RLock"}).Draw(rt, "mode"), rapid.IntRange(1, 2).Draw(rt, "line"))
	for depth := range rapid.IntRange(0, 4).Draw(rt, "depth") {
		h.Site = append(h.Site, graphfile.Frame{Func: "p.F", File: "f.go", Line: depth/3*rapid.IntRange(1, 2).Draw(rt, "caller") + 1})
	}
	h.Type = rapid.SampledFrom([]string{"Mutex", "RWMutex"}).Draw(rt, "type")
	h.Class = rapid.SampledFrom([]string{"", "a class"}).Draw(rt, "class")
	return h
}

// Merging is a least upper bound: the same whatever the order, the grouping and
// the number of times. So shards of a test run can be joined in any tree, and a
// file that is given twice changes nothing.
func TestMergeIsCommutativeAssociativeAndIdempotent(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		files := drawing.Draw(rt, "files")
		atOnce := written(rt, merge(rt, files...))

		require.Equal(rt, atOnce, written(rt, merge(rt, rapid.Permutation(files).Draw(rt, "order")...)), "commutative")

		cut := rapid.IntRange(0, len(files)).Draw(rt, "cut")
		var halves []string
		for _, half := range [][]string{files[:cut], files[cut:]} {
			if len(half) > 0 {
				halves = append(halves, written(rt, merge(rt, half...)))
			}
		}
		require.Equal(rt, atOnce, written(rt, merge(rt, halves...)), "associative, through files")
		left, right := merge(rt, files[:cut]...), merge(rt, files[cut:]...)
		right.Join(left)
		require.Equal(rt, atOnce, written(rt, right), "associative, in memory")

		require.Equal(rt, atOnce, written(rt, merge(rt, append(files, files[0], atOnce)...)), "idempotent")
		left = merge(rt, files...)
		left.Join(merge(rt, atOnce))
		require.Equal(rt, atOnce, written(rt, left), "idempotent, in memory")
	})
}

// However many files are read at once, the graph is the same.
func TestMergeOfFilesIsTheMergeOfTexts(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		texts := drawing.Draw(rt, "files")
		var names []string
		for i, text := range texts {
			name := filepath.Join(dir, fmt.Sprint(i))
			require.NoError(rt, os.WriteFile(name, []byte(text), 0o666))
			names = append(names, name)
		}
		g, err := graphfile.Merge(names...)
		require.NoError(rt, err)
		require.Equal(rt, written(rt, merge(rt, texts...)), written(rt, g))
	})
}

// The orders of a merge, and who saw them, against a model that keeps sets of
// strings.
func TestMergeHasTheOrdersOfTheModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		want := map[string]map[graphfile.Sighting]bool{}
		var files []string
		for pid := range rapid.IntRange(1, 6).Draw(rt, "processes") {
			var things []any
			for range rapid.IntRange(0, 8).Draw(rt, "orders") {
				o := by(rapid.Uint64Range(1, 3).Draw(rt, "goroutine"), rapid.SliceOfN(rapid.Custom(drawHold), 1, 3).Draw(rt, "holds")...)
				things = append(things, o)
				key := describe(o.Order)
				if want[key] == nil {
					want[key] = map[graphfile.Sighting]bool{}
				}
				want[key][graphfile.Sighting{Process: pid, Goroutine: o.goroutine}] = true
			}
			files = append(files, file(rt, pid, things...))
		}

		got := map[string]map[graphfile.Sighting]bool{}
		for _, o := range merge(rt, files...).Orders() {
			got[describe(o)] = map[graphfile.Sighting]bool{}
			for _, s := range o.Seen {
				got[describe(o)][s] = true
			}
		}
		for key, seen := range want {
			if len(seen) > graphfile.MaxSeen {
				require.Len(rt, got[key], graphfile.MaxSeen)
				got[key] = seen
			}
		}
		require.Equal(rt, want, got)
	})
}

func describe(o graphfile.Order) string {
	var b strings.Builder
	for _, h := range append(slices.Clone(o.Held), o.Want) {
		fmt.Fprint(&b, h.Class, " ", h.Mode)
		for _, f := range h.Site[:min(len(h.Site), 3)] {
			fmt.Fprint(&b, " ", f.File[strings.LastIndex(f.File, "/")+1:], f.Line)
		}
		b.WriteString(", ")
	}
	return b.String()
}
