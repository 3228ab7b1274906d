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
// it waits for a lock, when it unlocks one that others waited for, and when it ends. The law:
//
//	a task is held up by the critical sections that its locks' owners are in,
//	plus the longest time between two checkpoints of less urgent tasks, and by nothing else
//
// That holds as long as the tasks of one executor wait for nothing but its locks while they hold a
// slot. What else blocks (I/O, sleeping, channels, locks of other packages) belongs
// into [Task.Block], which leaves the slot meanwhile.
//
// It also takes a processor for every slot. Go's own scheduler has no priorities, and shares the processors
// between tasks and all other goroutines, ten milliseconds at a time: the default leaves one processor to those.
//
// # Priorities
//
// A task's effective priority is the maximum of its base ([Task.SetBase]), of the ceilings of the mutexes that it holds, of the
// effective priorities of all that wait for a mutex it holds, and of its age ([WithAging]). It is right after
// every step, whatever the order of unlocking: also when a waiter gives up, and when a task waits itself, for then what it has
// goes on along the chain. A child ([Task.Go]) has its parent's base.
//
// Slots, mutexes, and units of a [Semaphore] go to the highest effective priority, and among equals first come, first
// served. Locks are handed over: who is granted one has it, whoever runs first. A more urgent task that asks before the
// grantee has found a slot is served first; the grantee keeps its place in the queue.
//
// # Which protocol
//
//	Mutex, the zero value   inherits. Nothing to configure, and free where nobody waits
//	NewCeiling              runs at the ceiling from Lock to Unlock, needed or not. With one slot and
//	                        nothing in between that blocks, it is never found locked, nor in a cycle
//	Semaphore               orders its waiters, also when one of them inherits. Nobody inherits from them:
//	                        units have no owner
//
// [WithProtocol] and None turn inheritance off, which is for comparison.
//
// # What is refused
//
// A wait that would close a cycle of tasks and mutexes of one executor is refused, exactly and at once: [Mutex.LockContext]
// returns a [*DeadlockError], and [Mutex.Lock] panics with it. A
// ring that also goes through locks of package mutex is reported when it closes, or refused if the call that closes it, or one
// in it, can give up. What waits for a Semaphore is not seen: nobody can say who will release units.
//
// What a task that ends still holds passes on to whoever asks next, with [ErrOwnerExited]: what the lock guards may be half
// changed. A base priority above a ceiling is a [*CeilingError]. Misuse panics: an Unlock by another task, a task of
// another executor, a task that has ended or has left its slot.
//
// # What it costs
//
// Lock and Unlock of a mutex that nobody else wants take one compare-and-swap each, like those of
// sync.Mutex; Checkpoint takes a load. What others wait for takes the executor's one lock. A boost takes a
// step for each task of the chain. The folder bench has the figures, with their limits.
//
// Everything is decided by the running tasks: there is no background goroutine and no timer. Under
// testing/synctest a program of one slot is deterministic. [WithObserver] and package timeline show what happened.
package pi
