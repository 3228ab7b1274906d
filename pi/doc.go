// Package pi bounds priority inversion: a task that waits for a lock is held up by the lock's
// owner, and by nobody who is merely between the two in priority.
//
// Goroutines have no priorities, so an [Executor] of this package hands out what is scarce, its run
// slots, and does so by effective priority. A [Task] is a goroutine that runs in a
// slot. A [Mutex] lends the priority of its most urgent waiter to its owner, through
// any chain of owners that wait themselves (Sha, Rajkumar, Lehoczky: "Priority Inheritance
// Protocols", 1990), so that the owner gets a slot before everybody in between. A priority
// queue of waiters without inheritance does not do that, and makes inversion worse.
//
//	e := pi.NewExecutor()
//	var m pi.Mutex
//	e.Go(ctx, 1, func(ctx context.Context, t *pi.Task) { // batch work
//		m.Lock(t)
//		defer m.Unlock(t)
//		for range parts {
//			work()
//			t.Checkpoint()
//		}
//	})
//	err := e.Do(ctx, 9, func(ctx context.Context, t *pi.Task) error { // a request
//		m.Lock(t)
//		defer m.Unlock(t)
//		return serve()
//	})
//
// # What is promised
//
// Scheduling is cooperative: a task gives its slot to a more urgent one in [Task.Checkpoint], when
// it waits for a lock, when it unlocks one, and when it ends. The law:
//
//	a task is held up by the critical sections that its locks' owners are in,
//	plus the longest time between two checkpoints of less urgent tasks, and by nothing else
//
// That holds as long as the tasks of one executor wait for nothing but its locks while they hold a
// slot. What else blocks (I/O, sleeping, channels, locks of other packages) belongs
// into [Task.Block], which leaves the slot meanwhile.
//
// Locks are fair among equals (first come, first served) and are handed over: who is
// granted a lock has it, whoever runs first. A more urgent task that asks before the grantee has
// found a slot is served first; the grantee keeps its place in the queue.
//
// A wait that would close a cycle of tasks and mutexes of one executor is refused, exactly and at once. A
// ring that also goes through locks of package mutex is reported when it closes, or refused if the call that closes it, or one
// in it, can give up. What waits for a Semaphore is not seen: nobody can say who will release units.
//
// Everything is decided by the running tasks: there is no background goroutine and no timer. Under
// testing/synctest a program of one slot is deterministic.
package pi
