//go:build !interlock_off

package lockorder_test

import (
	"fmt"
	"strings"
	"sync"

	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

// Nothing hangs here, and the two goroutines do not even overlap. It is found all the same.
func ExampleReport() {
	class := lockorder.NewClass("example cache")
	lockorder.Ignore(lockorder.OfClass(class)) // made on purpose: it fails nothing here
	var cache, index mutex.Mutex
	mutex.SetClass(&cache, class)
	mutex.SetClass(&index, lockorder.NewClass("example index"))
	nested := func(outer, inner *mutex.Mutex) {
		outer.Lock()
		defer outer.Unlock()
		inner.Lock()
		defer inner.Unlock()
	}
	var wg sync.WaitGroup
	wg.Go(func() { nested(&cache, &index) })
	wg.Wait()
	wg.Go(func() { nested(&index, &cache) })
	wg.Wait()

	for _, f := range lockorder.Snapshot().Findings {
		if r := f.Report; r.Edges[0].Want.Lock.Class == "example cache" {
			fmt.Println(r.Tier, r.Kind)
			for i, e := range r.Edges {
				fmt.Println("part", i, "holds", e.Held[e.Via].Lock.Class, "and asks for", e.Want.Lock.Class)
			}
			fmt.Println("fix it by breaking", r.Advice[0].Breaks)
		}
	}
	// Output:
	// potential inversion
	// part 0 holds example index and asks for example cache
	// part 1 holds example cache and asks for example index
	// fix it by breaking circular wait
}

// Who holds what, for a page or a test of one's own.
func ExampleSnapshot() {
	var config mutex.Mutex
	mutex.SetClass(&config, lockorder.NewClass("example config"))
	config.Lock()
	defer config.Unlock()
	for _, h := range lockorder.Snapshot().Held {
		if h.Hold.Lock.Class == "example config" {
			fmt.Println(h.Hold.Lock.Type, h.Hold.Lock.Class, "is held")
		}
	}
	// Output: Mutex example config is held
}

// The graph of all orders, for dot -Tsvg.
func ExampleState_WriteDOT() {
	var graph strings.Builder
	if err := lockorder.Snapshot().WriteDOT(&graph); err != nil {
		fmt.Println(err)
	}
	fmt.Println(strings.Fields(graph.String())[0])
	// Output: digraph
}

func ExampleReadMetrics() {
	m := lockorder.ReadMetrics()
	fmt.Println("goroutines that wait:", m.Waits)
	// Output: goroutines that wait: 0
}
