// Package lockcase holds what the benchmarks of all implementations share, as
// far as it is not measured: the names, the goroutines and the accounting.
//
// What is measured is written once per implementation, with its types, since a
// call through an interface or a type parameter would hide the cost of a lock:
// the compiler inlines the fast path of sync.Mutex in real code, and has to do
// so here.
package lockcase

import (
	"runtime"
	"sync"
	"testing"
)

// Locks of one sort, M and RW being pointers to the implementation's types.
// There are ten of each, on cache lines of their own, to be nested in order.
type Locks[M, RW any] struct {
	M  []M
	RW []RW
}

// Case is an operation to measure.
type Case[M, RW any] struct {
	Name string
	Run  func(b *testing.B, l Locks[M, RW])
}

// Setting is the state of the program around the measured locks.
type Setting[M, RW any] struct {
	Name  string
	Setup func(b *testing.B) Locks[M, RW]
}

// Run runs every case in every setting as sub-benchmarks.
func Run[M, RW any](b *testing.B, cases []Case[M, RW], settings []Setting[M, RW]) {
	for _, c := range cases {
		b.Run("case="+c.Name, func(b *testing.B) {
			for _, s := range settings {
				b.Run("in="+s.Name, func(b *testing.B) {
					l := s.Setup(b)
					b.ReportAllocs()
					b.ResetTimer()
					c.Run(b, l)
				})
			}
		})
	}
}

// Once makes a Setup of locks that all benchmarks of the process share.
func Once[L any](setup func() L) func(*testing.B) L {
	once := sync.OnceValue(setup)
	return func(*testing.B) L { return once() }
}

// Parallel calls body in n goroutines that start together. Each is to do b.N
// iterations if whole, else its part of b.N.
func Parallel(b *testing.B, n int, whole bool, body func(goroutine, iterations int)) {
	iterations := b.N
	if !whole {
		iterations = (b.N + n - 1) / n
	}
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	for g := range n {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-start
			body(g, iterations)
		})
	}
	ready.Wait()
	b.ResetTimer()
	close(start)
	done.Wait()
	b.StopTimer()
}

// Nest teaches that inner is taken while outer is held.
func Nest(outer, inner sync.Locker) {
	outer.Lock()
	defer outer.Unlock()
	inner.Lock()
	defer inner.Unlock()
}

// Elsewhere has n goroutines call lock, and unlock when the benchmark ends.
func Elsewhere(b *testing.B, n int, lock, unlock func(goroutine int)) {
	var ready, done sync.WaitGroup
	stop := make(chan struct{})
	for g := range n {
		ready.Add(1)
		done.Go(func() {
			lock(g)
			ready.Done()
			<-stop
			unlock(g)
		})
	}
	ready.Wait()
	b.Cleanup(func() { close(stop); done.Wait() })
}

// Goroutines reports, in units of 10⁶ bytes, by how much memory grows when n
// goroutines that are alive all the time each call body once.
func Goroutines(b *testing.B, n int, body func(goroutine int)) {
	var grown float64
	for range b.N {
		var ready, used, done sync.WaitGroup
		start, stop := make(chan struct{}), make(chan struct{})
		ready.Add(n)
		used.Add(n)
		for g := range n {
			done.Go(func() {
				ready.Done()
				<-start
				body(g)
				used.Done()
				<-stop
			})
		}
		ready.Wait()
		before := memory()
		close(start)
		used.Wait()
		grown = max(grown, memory()-before)
		close(stop)
		done.Wait()
	}
	b.ReportMetric(grown/1e6, "MB")
}

// memory is what the program has in use, stacks and the runtime's own included.
func memory() float64 {
	// The first collection frees, the second sweeps what finalizers and
	// cleanups of the first have let go.
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapInuse) + float64(m.StackInuse) + float64(m.MSpanInuse) + float64(m.OtherSys)
}
