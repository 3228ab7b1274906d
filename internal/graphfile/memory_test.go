package graphfile_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/graphfile"
)

func TestSightingsAreBounded(t *testing.T) {
	var orders []any
	for g := range 100 {
		orders = append(orders, by(uint64(99-g), hold(1, "Lock", 10), hold(2, "Lock", 20)))
	}
	g := merge(t, file(t, 1, orders...))
	require.Len(t, g.Orders(), 1)
	require.Len(t, g.Orders()[0].Seen, graphfile.MaxSeen)
	require.Equal(t, graphfile.Sighting{0, 15}, g.Orders()[0].Seen[15], "the least, whichever came first")
}

// Memory is linear in the different orders: once the sightings are full, files that
// say the same add their process and nothing else.
func TestMemoryIsThatOfTheDifferentOrders(t *testing.T) {
	var orders []any
	for n := range 600 {
		orders = append(orders, by(uint64(n%5), hold(uint64(n), "Lock", n+1), hold(uint64(n+1), "Lock", n+2)))
	}
	g := graphfile.NewGraph()
	upTo := func(files int) uint64 {
		for pid := len(g.Processes()); pid < files; pid++ {
			// Processes sort by ID, the last first, so that each sighting is kept for a while.
			text := strings.Replace(file(t, pid, orders...), fmt.Sprint("p", pid), fmt.Sprintf("p%06d", 1000-pid), 1)
			require.NoError(t, g.Add(strings.NewReader(text), "f"))
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	start := upTo(0)
	few, many := upTo(20)-start, upTo(100)-start
	require.Equal(t, 600, g.Len())
	require.Less(t, float64(many), 1.3*float64(few), "%d bytes after 20 files, %d after 100", few, many)
}
