package bench_test

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/interlock-go/interlock/pi"
)

// inTask runs f as the only task of an executor.
func inTask(f func(*pi.Task)) {
	_ = pi.NewExecutor(pi.WithSlots(1)).Do(context.Background(), 1, func(_ context.Context, t *pi.Task) error {
		f(t)
		return nil
	})
}

// BenchmarkPi measures what package pi costs where nothing is to be inherited.
func BenchmarkPi(b *testing.B) {
	b.Run("impl=sync", func(b *testing.B) {
		b.Run("case=lock", func(b *testing.B) {
			var m sync.Mutex
			for range b.N {
				m.Lock()
				m.Unlock() //lint:ignore SA2001 the pair is what is measured
			}
		})
		for _, n := range batches {
			b.Run(fmt.Sprintf("case=spawn%d", n), func(b *testing.B) { spawnGoroutines(b, n) })
		}
	})
	b.Run("impl=pi", func(b *testing.B) {
		b.Run("case=lock", func(b *testing.B) {
			var m pi.Mutex
			inTask(func(t *pi.Task) {
				m.Lock(t) // the first one binds the mutex
				m.Unlock(t)
				b.ReportAllocs()
				b.ResetTimer()
				for range b.N {
					m.Lock(t)
					m.Unlock(t)
				}
			})
		})
		b.Run("case=checkpoint", func(b *testing.B) {
			inTask(func(t *pi.Task) {
				b.ReportAllocs()
				b.ResetTimer()
				for range b.N {
					t.Checkpoint()
				}
			})
		})
		b.Run("case=contended", contended)
		for _, n := range batches {
			b.Run(fmt.Sprintf("case=spawn%d", n), func(b *testing.B) { spawnTasks(b, n) })
		}
	})
	b.Run("impl=ceiling", func(b *testing.B) {
		b.Run("case=lock", func(b *testing.B) {
			m := pi.NewCeiling(5)
			inTask(func(t *pi.Task) {
				m.Lock(t)
				m.Unlock(t)
				b.ReportAllocs()
				b.ResetTimer()
				for range b.N {
					m.Lock(t)
					m.Unlock(t)
				}
			})
		})
	})
}

// contended has two tasks hand a mutex to and fro, through the executor: what it allocates is wanted.
func contended(b *testing.B) {
	b.ReportAllocs()
	ctx := context.Background()
	e := pi.NewExecutor(pi.WithSlots(2))
	var m pi.Mutex
	for range 2 {
		e.Go(ctx, 1, func(_ context.Context, t *pi.Task) {
			for range b.N {
				m.Lock(t)
				m.Unlock(t)
			}
		})
	}
	_ = e.Shutdown(ctx)
}

// batches are how many are started before they are joined.
var batches = []int{1, 100}

func spawnGoroutines(b *testing.B, n int) {
	var all sync.WaitGroup
	for i := 0; i < b.N; i += n {
		all.Add(n)
		for range n {
			go func() { all.Done() }()
		}
		all.Wait()
	}
}

func spawnTasks(b *testing.B, n int) {
	ctx := context.Background()
	e := pi.NewExecutor()
	var all sync.WaitGroup
	for i := 0; i < b.N; i += n {
		all.Add(n)
		for range n {
			e.Go(ctx, 1, func(context.Context, *pi.Task) { all.Done() })
		}
		all.Wait()
	}
	_ = e.Shutdown(ctx)
}

// depths are the lengths of the chains.
var depths = []int{10, 100, 500, 2000}

// BenchmarkBoost measures a link of a chain of tasks, each of which waits for a mutex that the next one holds. The first
// one's priority rises above all, and falls back.
func BenchmarkBoost(b *testing.B) {
	for _, depth := range depths {
		b.Run(fmt.Sprintf("impl=pi/case=depth%d", depth), func(b *testing.B) { boost(b, depth) })
	}
}

func boost(b *testing.B, depth int) {
	chain(depth, func(first *pi.Task) {
		b.ResetTimer()
		for i := 0; i < b.N; i += 2 * depth {
			first.SetBase(9)
			first.SetBase(1)
		}
		b.StopTimer()
	})
}

// chain has f run while depth tasks wait, each for the next one's mutex. What the first one has, the last one must get.
func chain(depth int, f func(first *pi.Task)) {
	ctx := context.Background()
	e := pi.NewExecutor(pi.WithSlots(depth + 1))
	locks := make([]pi.Mutex, depth)
	tasks := make([]*pi.Task, depth+1)
	var hold sync.WaitGroup
	hold.Add(depth)
	form, end := make(chan struct{}), make(chan struct{})
	for i := range tasks {
		tasks[i] = e.Go(ctx, 1, func(_ context.Context, t *pi.Task) {
			if i < depth {
				locks[i].Lock(t)
				defer locks[i].Unlock(t)
				hold.Done()
			}
			if i == 0 {
				<-end
				return
			}
			<-form
			locks[i-1].Lock(t)
			locks[i-1].Unlock(t)
		})
	}
	hold.Wait()
	close(form)
	for waiting := 0; waiting < depth; runtime.Gosched() {
		waiting = 0
		for _, t := range e.Snapshot().Tasks {
			if t.State == pi.Waiting {
				waiting++
			}
		}
	}
	f(tasks[depth])
	tasks[depth].SetBase(9)
	if tasks[0].Effective() != 9 {
		panic("bench: the chain is not one")
	}
	close(end)
	_ = e.Shutdown(ctx)
}
