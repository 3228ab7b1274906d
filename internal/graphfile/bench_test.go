package graphfile_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/graphfile"
)

// shards is what the processes of a large test run have written: files of 10,000
// orders of 5,000 locks, with stacks of up to 12 frames. All have the same
// code, so that the different orders are few next to the lines, but each has taken
// another part of them.
func shards(b *testing.B, files int) []string {
	b.Helper()
	const orders, code = 10_000, 20_000
	dir := b.TempDir()
	var places []graphfile.Hold
	for n := range code {
		places = append(places, deepHold(uint64(n), n))
	}
	var names []string
	for n := range files {
		var text bytes.Buffer
		w := graphfile.NewWriter(&text, graphfile.Process{ID: fmt.Sprintf("%016x", n), PID: n + 1, Program: "p.test"})
		for i := range orders {
			at := (i + n*97) % code
			held, want := places[at/4], places[at/4+at%4]
			if err := w.Order(uint64(at%50), graphfile.Order{Held: []graphfile.Hold{held}, Want: want}); err != nil {
				b.Fatal(err)
			}
		}
		name := filepath.Join(dir, fmt.Sprintf("p.test-%d%s", n, graphfile.Extension))
		require.NoError(b, os.WriteFile(name, text.Bytes(), 0o666))
		names = append(names, name)
	}
	return names
}

func deepHold(lock uint64, place int) graphfile.Hold {
	h := graphfile.Hold{Lock: lock, Type: "Mutex", Mode: "Lock"}
	for depth := range 1 + place%12 {
		h.Site = append(h.Site, graphfile.Frame{
			Func: fmt.Sprintf("example.com/service/storage/layer%d.(*Store).Step%d", depth, place>>depth),
			File: fmt.Sprintf("/home/user/src/service/storage/layer%d/store.go", depth), Line: place>>depth + 1,
		})
	}
	return h
}

// files is small where it is only to be seen that the benchmark runs.
var files = flag.Int("files", 20, "graph files that BenchmarkMerge merges; the bar is for 1000")

// The bar is 1,000 files with 10,000 orders each in at most 2 s.
func BenchmarkMerge(b *testing.B) {
	names := shards(b, *files)
	var bytes int64
	for _, name := range names {
		info, err := os.Stat(name)
		require.NoError(b, err)
		bytes += info.Size()
	}
	b.SetBytes(bytes)
	b.ReportAllocs()
	var orders int
	for b.Loop() {
		g, err := graphfile.Merge(names...)
		require.NoError(b, err)
		orders = g.Len()
	}
	b.ReportMetric(float64(orders), "orders")
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/merge")
}

func BenchmarkWriteOrder(b *testing.B) {
	w, err := graphfile.Create(b.TempDir())
	require.NoError(b, err)
	defer w.Close()
	o := order(hold(1, "Lock", 10), hold(2, "Lock", 20))
	b.ReportAllocs()
	for b.Loop() {
		if err := w.Order(7, o); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWriteMerged(b *testing.B) {
	g, err := graphfile.Merge(shards(b, 3)...)
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		var out strings.Builder
		_, err := g.WriteTo(&out)
		require.NoError(b, err)
		b.SetBytes(int64(out.Len()))
	}
}
