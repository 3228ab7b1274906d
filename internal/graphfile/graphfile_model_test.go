package graphfile_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/interlock-go/interlock/internal/graphfile"
)

// However the files of some processes are grouped into merges of merges, the
// result is the same: shards of a test run can be joined in any tree.
func TestMergingMergedFilesChangesNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		files := rapid.SliceOfN(rapid.Custom(drawFile), 1, 6).Draw(rt, "files")
		cut := rapid.IntRange(0, len(files)).Draw(rt, "cut")

		atOnce := written(rt, mergeTexts(rt, files...))
		left := written(rt, mergeTexts(rt, files[:cut]...))
		right := written(rt, mergeTexts(rt, files[cut:]...))
		var halves []string
		for _, half := range []string{left, right} {
			if half != "" {
				halves = append(halves, half)
			}
		}
		require.Equal(rt, atOnce, written(rt, mergeTexts(rt, halves...)))
	})
}

// The counts of a merge against a model that keeps sets of strings.
func TestMergeCountsLikeTheModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		files := rapid.SliceOfN(rapid.Custom(drawFile), 1, 6).Draw(rt, "files")
		want := map[string]int{}
		for _, text := range files {
			seen := map[string]bool{}
			for line := range strings.Lines(text) {
				var o struct {
					Kind string
					graphfile.Order
				}
				require.NoError(rt, json.Unmarshal([]byte(line), &o))
				if o.Kind == "order" {
					seen[describe(o.Order)] = true
				}
			}
			for order := range seen {
				want[order]++
			}
		}

		got := map[string]int{}
		for _, o := range mergeTexts(rt, files...).Orders() {
			got[describe(o)] = o.Count
		}
		require.Equal(rt, want, got)
	})
}

func describe(o graphfile.Order) string {
	var b strings.Builder
	for _, h := range append(o.Held[:len(o.Held):len(o.Held)], o.Want) {
		fmt.Fprint(&b, h.Name(), " ", h.Mode, ", ")
	}
	return b.String()
}

func drawFile(rt *rapid.T) string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"kind":"process","format":"interlock-graph","version":1,"program":"p","pid":%d}`+"\n", rapid.IntRange(1, 3).Draw(rt, "pid"))
	for range rapid.IntRange(0, 12).Draw(rt, "orders") {
		o := order(rapid.Uint64Range(1, 3).Draw(rt, "goroutine"), drawHold(rt), drawHold(rt))
		if rapid.Bool().Draw(rt, "nested") {
			o.Held = append(o.Held, drawHold(rt))
		}
		text, _ := json.Marshal(o)
		fmt.Fprintf(&b, `{"kind":"order",%s`+"\n", text[1:])
	}
	return b.String()
}

func drawHold(rt *rapid.T) graphfile.Hold {
	mode := rapid.SampledFrom([]string{"Lock", "RLock"}).Draw(rt, "mode")
	return hold(rapid.Uint64Range(1, 3).Draw(rt, "lock"), mode, rapid.IntRange(1, 2).Draw(rt, "line"))
}

func mergeTexts(rt *rapid.T, texts ...string) *graphfile.Graph {
	g := &graphfile.Graph{}
	for _, text := range texts {
		require.NoError(rt, g.Add(strings.NewReader(text), "drawn"))
	}
	return g
}

func written(rt *rapid.T, g *graphfile.Graph) string {
	var b bytes.Buffer
	n, err := g.WriteTo(&b)
	require.NoError(rt, err)
	require.EqualValues(rt, b.Len(), n)
	return b.String()
}

// Whatever a file holds, it is an error with its line, or what was taken from it
// can be written and read again.
func FuzzAdd(f *testing.F) {
	f.Add(header + `{"kind":"order","goroutine":1,"held":[{"lock":1,"type":"Mutex","mode":"Lock","site":[{"func":"p.F","file":"f.go","line":1}]}],"want":{"lock":2,"class":"c","type":"Mutex","mode":"RLock"}}` + "\n")
	f.Add(header + `{"kind":"report","report":{"id":"x","edges":[{"held":[],"want":{}}]},"count":3}` + "\n" + header)
	f.Add(header[:20])
	f.Fuzz(func(t *testing.T, text string) {
		g := &graphfile.Graph{}
		if err := g.Add(strings.NewReader(text), "f"); err != nil {
			var at *graphfile.FileError
			require.ErrorAs(t, err, &at)
			require.Empty(t, g.Processes)
			return
		}
		var once, twice bytes.Buffer
		_, err := g.WriteTo(&once)
		require.NoError(t, err)
		again := &graphfile.Graph{}
		require.NoError(t, again.Add(bytes.NewReader(once.Bytes()), "again"), once.String())
		_, err = again.WriteTo(&twice)
		require.NoError(t, err)
		require.Equal(t, once.String(), twice.String())
	})
}
