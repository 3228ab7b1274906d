//go:build !interlock_off

package mutex_test

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

// A function that expects a lock says so, and is found out where it is called without.
func ExampleAssertHeld() {
	var mu mutex.Mutex
	balance := 0
	credit := func(amount int) {
		mutex.AssertHeld(&mu)
		balance += amount
	}

	mu.Lock()
	credit(5)
	mu.Unlock()
	fmt.Println(balance)

	defer func() { fmt.Println(recover()) }()
	credit(5)
	// Output:
	// 5
	// mutex: AssertHeld: this goroutine does not hold the lock
}

// The call that would close a ring is refused. It lets go of what it holds, so that the others go on, and tries again.
func ExampleLockContext_ring() {
	class := lockorder.NewClass("example ring")
	lockorder.Ignore(lockorder.OfClass(class)) // the two orders are a finding of their own
	var a, b mutex.Mutex
	mutex.SetClass(&a, class)
	ctx := context.Background()

	a.Lock()
	var other sync.WaitGroup
	locked := make(chan bool)
	other.Go(func() {
		b.Lock()
		defer b.Unlock()
		close(locked)
		a.Lock() // waits for the goroutine below
		defer a.Unlock()
	})
	<-locked

	for {
		err := mutex.LockContext(ctx, &b)
		if err == nil {
			break
		}
		if _, ok := errors.AsType[*lockorder.DeadlockError](err); ok {
			a.Unlock()
			a.Lock()
		}
	}
	fmt.Println("both are locked")
	b.Unlock()
	a.Unlock()
	other.Wait()
	// Output: both are locked
}
