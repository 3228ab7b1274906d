package pi_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/interlock-go/interlock/pi"
)

// The request comes while the batch runs, and has the slot at its next checkpoint.
func ExampleExecutor() {
	ctx := context.Background()
	e := pi.NewExecutor(pi.WithSlots(1))
	_ = e.Do(ctx, 1, func(ctx context.Context, t *pi.Task) error {
		for part := range 3 {
			if part == 1 {
				e.Go(ctx, 9, func(context.Context, *pi.Task) { fmt.Println("request") })
			}
			fmt.Println("part", part)
			t.Checkpoint()
		}
		return nil
	})
	_ = e.Shutdown(ctx)
	// Output:
	// part 0
	// part 1
	// request
	// part 2
}

// Do runs on the caller's goroutine, as a handler of requests does.
func ExampleExecutor_Do() {
	e := pi.NewExecutor()
	err := e.Do(context.Background(), 9, func(ctx context.Context, t *pi.Task) error {
		same, _ := pi.FromContext(ctx)
		fmt.Println(same == t, t.Base())
		return errors.New("what the function returns")
	})
	fmt.Println(err)
	// Output:
	// true 9
	// what the function returns
}

// The owner runs at the priority of the task that waits, before the one in between.
func ExampleMutex() {
	ctx := context.Background()
	e := pi.NewExecutor(pi.WithSlots(1))
	var m pi.Mutex
	_ = e.Do(ctx, 1, func(_ context.Context, t *pi.Task) error {
		m.Lock(t)
		e.Go(ctx, 5, func(context.Context, *pi.Task) { fmt.Println("in between") })
		e.Go(ctx, 9, func(_ context.Context, t *pi.Task) {
			m.Lock(t)
			fmt.Println("urgent: has the lock")
			m.Unlock(t)
		})
		t.Checkpoint()
		fmt.Println("owner: at", t.Effective())
		m.Unlock(t)
		fmt.Println("owner: at", t.Effective())
		return nil
	})
	_ = e.Shutdown(ctx)
	// Output:
	// owner: at 9
	// urgent: has the lock
	// in between
	// owner: at 1
}

func ExampleMutex_LockContext() {
	var a, b pi.Mutex
	a.SetName("a")
	b.SetName("b")
	e := pi.NewExecutor(pi.WithSlots(1))
	_ = e.Do(context.Background(), 1, func(ctx context.Context, t *pi.Task) error {
		a.Lock(t)
		t.Go(ctx, func(ctx context.Context, t *pi.Task) {
			b.Lock(t)
			defer b.Unlock(t)
			a.Lock(t)
			defer a.Unlock(t)
		})
		t.Block(func() {}) // the other one's turn
		err := b.LockContext(ctx, t)
		fmt.Println(errors.Is(err, pi.ErrDeadlock))
		fmt.Println(err)
		a.Unlock(t)
		return nil
	})
	_ = e.Shutdown(context.Background())
	// Output:
	// true
	// pi: deadlock: task 1 asks for b, held by task 2 asks for a, held by task 1
}

// Whoever has the mutex runs at its ceiling at once, so that nobody below it can come in between.
func ExampleNewCeiling() {
	ctx := context.Background()
	e := pi.NewExecutor(pi.WithSlots(1))
	m := pi.NewCeiling(5)
	_ = e.Do(ctx, 1, func(_ context.Context, t *pi.Task) error {
		m.Lock(t)
		e.Go(ctx, 4, func(context.Context, *pi.Task) { fmt.Println("in between") })
		t.Checkpoint()
		fmt.Println("owner: at", t.Effective())
		m.Unlock(t)
		fmt.Println("owner: at", t.Effective())
		return nil
	})
	_ = e.Shutdown(ctx)
	// Output:
	// owner: at 5
	// in between
	// owner: at 1
}

// Units go to the most urgent task that waits.
func ExampleSemaphore() {
	ctx := context.Background()
	e := pi.NewExecutor(pi.WithSlots(1))
	connections := pi.NewSemaphore(1)
	_ = e.Do(ctx, 0, func(ctx context.Context, t *pi.Task) error {
		_ = connections.Acquire(ctx, t, 1)
		for _, p := range []pi.Priority{1, 3, 2} {
			e.Go(ctx, p, func(ctx context.Context, t *pi.Task) {
				if err := connections.Acquire(ctx, t, 1); err != nil {
					return
				}
				defer connections.Release(t, 1)
				fmt.Println("priority", p)
			})
		}
		t.Checkpoint() // all three ask
		connections.Release(t, 1)
		return nil
	})
	_ = e.Shutdown(ctx)
	// Output:
	// priority 3
	// priority 2
	// priority 1
}

// What waits for something else than the executor's locks leaves the slot to others meanwhile.
func ExampleTask_Block() {
	ctx := context.Background()
	e := pi.NewExecutor(pi.WithSlots(1))
	reply := make(chan string)
	_ = e.Do(ctx, 9, func(ctx context.Context, t *pi.Task) error {
		e.Go(ctx, 1, func(context.Context, *pi.Task) { fmt.Println("batch work runs meanwhile") })
		go func() { reply <- "reply" }()
		t.Block(func() { fmt.Println(<-reply) })
		return nil
	})
	_ = e.Shutdown(ctx)
	// Unordered output:
	// batch work runs meanwhile
	// reply
}

// Code that is given a context and no task finds the task in it.
func ExampleFromContext() {
	work := func(ctx context.Context) {
		if t, ok := pi.FromContext(ctx); ok {
			fmt.Println("a task of priority", t.Base())
			t.Checkpoint()
		} else {
			fmt.Println("no task")
		}
	}

	work(context.Background())
	_ = pi.NewExecutor().Do(context.Background(), 5, func(ctx context.Context, _ *pi.Task) error {
		work(ctx)
		return nil
	})
	// Output:
	// no task
	// a task of priority 5
}

// A server that ends waits for its tasks, but not for ever.
func ExampleExecutor_Shutdown() {
	e := pi.NewExecutor()
	finish := make(chan bool)
	t := e.Go(context.Background(), 1, func(_ context.Context, t *pi.Task) {
		t.SetName("import")
		t.Block(func() { <-finish })
	})

	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errors.New("no more time"))
	err := e.Shutdown(ctx)
	if busy, ok := errors.AsType[*pi.BusyError](err); ok {
		fmt.Println(len(busy.Inside), "inside:", busy.Cause)
	}
	close(finish)
	<-t.Done()
	fmt.Println(e.Shutdown(context.Background()))
	fmt.Println(e.Do(context.Background(), 1, nil))
	// Output:
	// 1 inside: no more time
	// <nil>
	// pi: the executor is shut down
}

// A task whose work has become urgent moves up, with the owners of all that it waits for.
func ExampleTask_SetBase() {
	ctx := context.Background()
	e := pi.NewExecutor(pi.WithSlots(1))
	_ = e.Do(ctx, 9, func(ctx context.Context, _ *pi.Task) error {
		first := e.Go(ctx, 1, func(context.Context, *pi.Task) { fmt.Println("first") })
		e.Go(ctx, 2, func(context.Context, *pi.Task) { fmt.Println("second") })
		first.SetBase(3)
		return nil
	})
	_ = e.Shutdown(ctx)
	// Output:
	// first
	// second
}
