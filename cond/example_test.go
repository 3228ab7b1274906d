package cond_test

import (
	"context"
	"errors"
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

// A wait with a deadline needs no goroutine and no channel. Its lock is held either way.
func ExampleCond_WaitUntil() {
	var mu mutex.Mutex
	changed := cond.New(&mu)

	mu.Lock()
	defer mu.Unlock()
	fmt.Println(changed.WaitUntil(time.Now().Add(time.Millisecond)))
	// Output: context deadline exceeded
}

// The error is the context's cause. A signal that came first counts: then there is none.
func ExampleCond_WaitContext() {
	var mu mutex.Mutex
	changed := cond.New(&mu)
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errors.New("the client has gone"))

	mu.Lock()
	defer mu.Unlock()
	fmt.Println(changed.WaitContext(ctx))
	// Output: the client has gone
}

// Who vouches for being the only one to signal is told when that has become impossible.
func ExampleCond_Signaller() {
	var mu mutex.Mutex
	ready, filled := cond.New(&mu), false
	registered := make(chan bool)
	var filling sync.WaitGroup
	filling.Go(func() {
		defer ready.Signaller()()
		close(registered)
		mu.Lock() // had this goroutine to wait for the one below, that would be a deadlock with a report
		defer mu.Unlock()
		filled = true
		ready.Signal()
	})
	<-registered

	mu.Lock()
	for !filled {
		ready.Wait()
	}
	mu.Unlock()
	filling.Wait()
	fmt.Println("filled")
	// Output: filled
}
