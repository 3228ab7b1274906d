//go:build !interlock_off

//lint:file-ignore SA2001 what is tried is locking, not what is locked

package engine_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/mutex"
)

// Whoever passes a gate has its guards running, and a guard holds m only to open: there is never a ring, however the
// goroutines fall over one another. Everybody registers, waits, gives up, opens and locks all the time.
func TestHammeredGatesAreSilent(t *testing.T) {
	w := detect(t)
	var m mutex.Mutex
	var rw mutex.RWMutex
	var gates [3]gate
	var passers, guards sync.WaitGroup
	ready := make(chan struct{})
	stop := make(chan struct{})
	var registered sync.WaitGroup
	registered.Add(2)
	for range 2 {
		guards.Go(func() {
			for i := range gates {
				gates[i].guard()
			}
			registered.Done()
			<-ready
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				m.Lock()
				rw.RLock()
				gates[i%3].open()
				rw.RUnlock()
				m.Unlock()
			}
		})
	}
	registered.Wait()
	close(ready)
	for p := range 6 {
		passers.Go(func() { hammer(t, uint64(p), &gates, &m, &rw) })
	}
	passers.Wait()
	close(stop)
	guards.Wait()
	w.silent()
}

func hammer(t *testing.T, seed uint64, gates *[3]gate, m *mutex.Mutex, rw *mutex.RWMutex) {
	random := rand.New(rand.NewPCG(seed, 0))
	for range 300 {
		g := &gates[random.IntN(3)]
		switch random.IntN(4) {
		case 0:
			g.pass()
		case 1:
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(random.IntN(50))*time.Microsecond)
			f, _ := g.passContext(ctx)
			cancel()
			if f != nil {
				t.Error("refused, and there was no ring")
			}
		case 2:
			m.Lock()
			m.Unlock()
		case 3:
			rw.Lock()
			rw.Unlock()
		}
	}
}

// Rings that do close are found however the last steps fall: two goroutines enter theirs at once.
func TestHammeredRingsAreAllTold(t *testing.T) {
	w := detect(t)
	a, b := newActor(t), newActor(t)
	for range 300 {
		var m mutex.Mutex
		var g gate
		b.does(g.guard)
		a.does(m.Lock)
		refused := make(chan bool, 1)
		a.begins(func() {
			f, _ := g.passContext(t.Context())
			m.Unlock()
			refused <- f != nil
		})
		b.asks(&m)
		select {
		case ok := <-refused:
			require.True(t, ok)
		case <-time.After(patience):
			require.Fail(t, "a ring closed and nobody saw it")
		}
	}
	w.silent()
}
