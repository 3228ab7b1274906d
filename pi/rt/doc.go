// Package rt has a mutex with priority inheritance by the kernel, for goroutines that run on real-time
// threads of their own. It is for Linux, and for processes that may have such threads.
//
// Most programs want package pi, which needs neither: it schedules its own tasks. This package is for the
// few goroutines that must run before other threads of the machine, such as the one that feeds a device.
//
//	if err := rt.Probe().Err(); err != nil {
//		return err // with the reason; errors.Is(err, rt.ErrUnsupported)
//	}
//	var m rt.Mutex
//	err := rt.Go(50, func(th *rt.Thread) {
//		for frame := range frames {
//			if err := m.Lock(th); err == rt.ErrOwnerDied {
//				repair() // m is locked; what it guards may be half changed
//			}
//			frame.update()
//			m.Unlock(th)
//		}
//	})
//
// # What is promised
//
// [Go] runs a function on a thread that the kernel schedules as SCHED_FIFO: it runs before every
// thread with a lower priority, and until it sleeps. A [Mutex] is a FUTEX_LOCK_PI2 futex
// (futex(2)): while threads wait for it, its owner runs at the priority of the most urgent, and so
// does the owner that this owner waits for, along any chain of up to 1,024 (Sha, Rajkumar, Lehoczky: "Priority Inheritance
// Protocols", 1990; Linux, Documentation/locking/rt-mutex-design.rst). So a thread that waits is held up by the critical
// sections of the owners before it, and not by what is merely between them in priority. On one processor:
//
//   - wait with 40 ms of work in between, against the wait without: ≤ 1.05× at chains of 1 to 8 owners. With an
//     ordinary futex it is the 40 ms.
//   - Lock and Unlock that meet nobody: ≤ 1.15× those of sync.Mutex, without a system call or an allocation.
//
// A wait that would close a ring of threads and Mutexes is refused with [ErrDeadlock]; the kernel sees all of them.
//
// A thread that ends with locks held, because its function returns or calls runtime.Goexit, leaves them to
// the next who asks, with [ErrOwnerDied]: at once if somebody waits, and by the kernel's robust list
// (Documentation/locking/robust-futex-ABI.rst) if nobody does. The kernel reads at most 2,048 locks of one thread.
//
// # The P, a second resource
//
// To run Go code a thread needs one of the runtime's Ps besides a processor, and the runtime gives out its
// GOMAXPROCS Ps without a look at priorities. A thread that sleeps in Lock gives its P away and needs one to return. If
// every P has a goroutine that computes, then H has the lock, has the processor, and waits for a P, up to
// the 10 ms after which the runtime takes one away from somebody, or several times that: the bound is lost. So set GOMAXPROCS above the number of
// goroutines that compute at a time, by at least the number of real-time threads. [Report.Spare] is how many Ps there are
// beside one for each processor.
//
// The same holds for the rest of the runtime. Its own locks inherit nothing, a collection stops real-time
// threads as well, and a goroutine that waits for a channel, a timer or a sync.Mutex is woken by a thread without a
// priority. In places it spins until another thread has done something, which a less urgent one on the same processor then
// never does. Between Lock and Unlock, and in what has a deadline, do not allocate and use nothing of that;
// sleep in the kernel, and turn the collector off (debug.SetGCPercent) if its pauses are too long.
//
// # Limits
//
//   - Linux 5.14, and CAP_SYS_NICE or an RLIMIT_RTPRIO of at least the priority. [Probe] tells. Everywhere else the
//     package compiles, and Go returns an [*UnsupportedError].
//   - A real-time thread that does not sleep keeps everybody else off its processor, but for what the kernel
//     reserves (sched_rt_runtime_us: 5 %).
//   - A Mutex belongs to threads of one process. A goroutine without a Thread cannot lock it.
//   - The detector of packages mutex and lockorder sees nothing here, on purpose: its own tables are guarded by locks without
//     inheritance, and a real-time thread would wait for them. A ring that goes through a Mutex and also through
//     a mutex.Mutex is not reported.
//   - Nothing wakes a wait but the lock and its deadline, signals do not: [Mutex.LockContext] looks at its context every 5 ms.
//   - A Thread used on another goroutine than its own is noticed when the kernel is involved, and by the race detector; Lock
//     and Unlock that meet nobody do not look.
//   - The race detector has locks of its own that spin. Threads of different priorities that share one processor can
//     hang in them for ever; with a processor more than real-time threads that compute they cannot.
//   - With cgo: a C library has a robust list of its own on each thread. It is replaced if the thread
//     ends with Mutexes held, so C code must not leave a robust pthread_mutex_t locked there.
package rt
