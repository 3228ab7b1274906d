package graphfile_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/interlock-go/interlock/internal/graphfile"
)

// One file of 10,000 orders that the graph knows already, which is what each
// further shard of a test run is.
func BenchmarkMergeKnownOrders(b *testing.B) {
	var text bytes.Buffer
	fmt.Fprintln(&text, `{"kind":"process","format":"interlock-graph","version":1,"program":"p","pid":1}`)
	const orders = 10_000
	for n := range orders {
		line, _ := json.Marshal(order(uint64(n%7), hold(uint64(n), "Lock", n+1), hold(uint64(n+1), "Lock", n+2)))
		fmt.Fprintf(&text, `{"kind":"order",%s`+"\n", line[1:])
	}
	g := &graphfile.Graph{}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if err := g.Add(bytes.NewReader(text.Bytes()), "shard"); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/orders, "ns/order")
}

func BenchmarkWriteOrder(b *testing.B) {
	w, err := graphfile.Create(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	o := order(7, hold(1, "Lock", 10), hold(2, "Lock", 20))
	b.ReportAllocs()
	for b.Loop() {
		if err := w.Order(o); err != nil {
			b.Fatal(err)
		}
	}
}
