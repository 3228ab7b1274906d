package bbuf_test

import (
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/bbuf"
	"github.com/interlock-go/interlock/internal/goroutine"
)

// A waiter goes back to its pool whoever takes it off its queue, so that who parks again and again allocates nothing.
func TestParkingAllocatesNothing(t *testing.T) {
	if !goroutine.Direct {
		t.Skip("the portable way does not know who comes back")
	}
	each(t, func(t *testing.T, k kind) {
		for name, c := range map[string]struct {
			b          *bbuf.Buffer[int]
			parks, end func(b *bbuf.Buffer[int]) error
		}{
			"Put": {k.filled(), func(b *bbuf.Buffer[int]) error { return b.Put(t.Context(), 1) }, func(b *bbuf.Buffer[int]) error { _, err := b.TryGet(); return err }},
			"Get": {k.open(), func(b *bbuf.Buffer[int]) error { _, err := b.Get(t.Context()); return err }, func(b *bbuf.Buffer[int]) error { return b.TryPut(1) }},
		} {
			var wg sync.WaitGroup
			wg.Go(func() {
				for c.parks(c.b) == nil {
				}
			})
			allocs := testing.AllocsPerRun(100, func() {
				for puts, gets := c.b.Waiting(); puts+gets == 0; puts, gets = c.b.Waiting() {
					runtime.Gosched()
				}
				must(c.end(c.b))
			})
			c.b.Close()
			wg.Wait()
			require.Zero(t, allocs, name)
		}
	})
}
