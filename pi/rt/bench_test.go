package rt_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/pi/rt"
)

func BenchmarkLock(b *testing.B) {
	b.Run("impl=rt", func(b *testing.B) {
		needRT(b)
		b.ReportAllocs()
		done := make(chan struct{})
		require.NoError(b, rt.Go(1, func(th *rt.Thread) {
			defer close(done)
			var m rt.Mutex
			for b.Loop() {
				_ = m.Lock(th)
				m.Unlock(th)
			}
		}))
		<-done
	})
	b.Run("impl=sync", func(b *testing.B) {
		b.ReportAllocs()
		var m sync.Mutex
		for b.Loop() {
			m.Lock()
			m.Unlock()
		}
	})
}
