package bench_test

import (
	"fmt"
	"testing"

	"github.com/interlock-go/interlock/mutex"
)

// BenchmarkArray nests each lock of an array for the first time, and reports the time for one. Those of a small array, and
// many such arrays, are what a large one is held against.
func BenchmarkArray(b *testing.B) {
	const locks = 200_000
	for _, length := range []int{200, locks} {
		b.Run(fmt.Sprintf("locks=%d", length), func(b *testing.B) {
			for range b.N {
				var outer mutex.Mutex
				for range locks / length {
					array := make([]mutex.Mutex, length)
					for i := range array {
						outer.Lock()
						array[i].Lock()
						array[i].Unlock() //lint:ignore SA2001 the pair is what is measured
						outer.Unlock()
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*locks), "ns/lock")
		})
	}
}
