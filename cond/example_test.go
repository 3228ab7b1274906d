package cond_test

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/interlock-go/interlock/cond"
	"github.com/interlock-go/interlock/mutex"
)

func ExampleCond() {
	var mu mutex.Mutex
	ready := cond.New(&mu)
	value := 0
	var done sync.WaitGroup
	done.Go(func() {
		mu.Lock()
		defer mu.Unlock()
		for value == 0 {
			ready.Wait()
		}
		fmt.Println(value)
	})
	mu.Lock()
	value = 42
	mu.Unlock()
	ready.Signal()
	done.Wait()
	// Output: 42
}

// WaitFor looks at the condition by itself, and gives up when the context ends. Its lock is held either way.
func ExampleCond_WaitFor() {
	var mu mutex.Mutex
	changed := cond.New(&mu)
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()

	mu.Lock()
	defer mu.Unlock()
	err := changed.WaitFor(ctx, func() bool { return false })
	fmt.Println(err)
	// Output: context deadline exceeded
}
