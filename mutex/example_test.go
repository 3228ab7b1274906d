package mutex_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

func ExampleMutex() {
	var mu mutex.Mutex // instead of sync.Mutex
	hits := 0
	mu.Lock()
	hits++
	mu.Unlock()
	fmt.Println(hits)
	// Output: 1
}

// A call that can give up never hangs: not on a slow holder, and not in a ring.
func ExampleLockContext() {
	var mu mutex.Mutex
	mu.Lock() // somebody is busy
	defer mu.Unlock()

	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	done := make(chan error)
	go func() { done <- mutex.LockContext(ctx, &mu) }()

	err := <-done
	if refused, ok := errors.AsType[*lockorder.DeadlockError](err); ok {
		fmt.Printf("%+v\n", refused) // the ring, with stacks
	}
	fmt.Println(err)
	// Output: context deadline exceeded
}

// All at once needs no order: nobody holds one lock and waits for the other.
func ExampleLockAll() {
	type account struct {
		mu      mutex.Mutex
		balance int
	}
	from, to := &account{balance: 10}, &account{}

	unlock, err := mutex.LockAll(context.Background(), &from.mu, &to.mu)
	if err != nil {
		return
	}
	from.balance, to.balance = from.balance-3, to.balance+3
	unlock()

	fmt.Println(from.balance, to.balance)
	// Output: 7 3
}

// Locks of one class are known to reports by its name, and a declared order holds for all of them.
func ExampleSetClass() {
	sessions := lockorder.NewClass("example session")
	users := lockorder.NewClass("example user")
	lockorder.Order(users, sessions)

	var user, session mutex.Mutex
	mutex.SetClass(&user, users)
	mutex.SetClass(&session, sessions)
	user.Lock()
	defer user.Unlock()
	session.Lock() // as declared; the other way round is a violation
	defer session.Unlock()
}

// Readers share the lock; a writer has it alone.
func ExampleRWMutex() {
	var mu mutex.RWMutex // instead of sync.RWMutex
	ports := map[string]int{}

	mu.Lock()
	ports["http"] = 80
	mu.Unlock()

	mu.RLock()
	defer mu.RUnlock()
	fmt.Println(ports["http"])
	// Output: 80
}

func ExampleRLockContext() {
	var mu mutex.RWMutex
	if err := mutex.RLockContext(context.Background(), &mu); err != nil {
		return // nothing is locked
	}
	defer mu.RUnlock()
	fmt.Println("reading")
	// Output: reading
}

// While the value is made, the Once is a lock like any other: a ring through it is reported.
func ExampleOnceValue() {
	config := mutex.OnceValue(func() string {
		fmt.Println("loading")
		return "loaded"
	})
	fmt.Println(config())
	fmt.Println(config())
	// Output:
	// loading
	// loaded
	// loaded
}
