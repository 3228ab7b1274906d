package bbuf_test

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/bbuf"
)

// collected tells, within patience, how many of the finalized have been collected.
func collected(t *testing.T, n int, gone func() int) {
	t.Helper()
	require.Eventually(t, func() bool {
		runtime.GC()
		return gone() == n
	}, patience, time.Millisecond)
}

// counted makes values that are counted when they are collected.
func counted() (make func() *[64]byte, gone func() int) {
	var mu sync.Mutex
	n := 0
	return func() *[64]byte {
			v := new([64]byte)
			runtime.AddCleanup(v, func(int) { mu.Lock(); n++; mu.Unlock() }, 0)
			return v
		}, func() int {
			mu.Lock()
			defer mu.Unlock()
			return n
		}
}

func TestArrayKeepsNothingAliveThatWasTaken(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		b := bbuf.Open[*[64]byte](k.capacity, k.oneLock)
		fresh, gone := counted()
		n := 0
		for range k.capacity {
			must(b.TryPut(fresh()))
			n++
		}
		for range (k.capacity + 1) / 2 {
			_, err := b.TryGet()
			must(err)
			must(b.TryPut(fresh())) // so that what is drained goes round the ring's end
			n++
		}
		require.Len(t, b.Drain(), k.capacity)
		collected(t, n, gone)
		runtime.KeepAlive(b)
	})
}

func TestArrayHandOverKeepsNothingAlive(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		b := bbuf.Open[*[64]byte](k.capacity, k.oneLock)
		fresh, gone := counted()
		var wg sync.WaitGroup
		for range 3 { // getters that wait, and putters that wait
			wg.Go(func() { _, err := b.Get(t.Context()); must(err) })
		}
		for range 3 + k.capacity {
			must(b.Put(t.Context(), fresh()))
		}
		wg.Wait()
		wg.Go(func() { must(b.Put(t.Context(), fresh())) })
		for range k.capacity + 1 {
			_, err := b.Get(t.Context())
			must(err)
		}
		wg.Wait()
		collected(t, 4+k.capacity, gone)
		runtime.KeepAlive(b)
	})
}

func TestArrayDropsItemsWithTheBuffer(t *testing.T) {
	fresh, gone := counted()
	func() {
		b := bbuf.New[*[64]byte](10)
		for range 10 {
			must(b.TryPut(fresh()))
		}
		b.Close()
	}()
	collected(t, 10, gone)
}

// What a buffer costs: at most 1 KiB, and a slot no more than its item.
func TestFixedSize(t *testing.T) {
	require.LessOrEqual(t, bbuf.Fixed(), uintptr(1024))
	perSlot := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			runtime.KeepAlive(bbuf.New[[16]byte](1000))
		}
	}).AllocedBytesPerOp() / 1000
	require.LessOrEqual(t, perSlot, int64(16+8))
}

func TestNoAllocationsInSteadyState(t *testing.T) {
	for _, k := range []kind{{1, true}, {100, false}} {
		b := k.open()
		require.Zero(t, testing.AllocsPerRun(1000, func() {
			must(b.Put(t.Context(), 1))
			_, err := b.Get(t.Context())
			must(err)
		}))
	}
}
