package rt

import (
	"fmt"
	"runtime"
)

// The priorities of SCHED_FIFO, the larger the more urgent.
const (
	MinPriority = 1  // above everything that is not real-time
	MaxPriority = 99 // the kernel's own watchdogs run here: leave it to them
)

// Thread is the handle of a goroutine that [Go] has started, and of the operating system's thread that runs it
// and nothing else. It is used on that goroutine only, and not after its function has returned.
type Thread struct {
	top  *Mutex // what it holds, the last one first, linked by below
	free uint32 // what the word of a lock must be so that the thread takes it: 0, or over at the end
	tid  uint32 // cached: to ask for it costs a system call
	prio int
	_    [40]byte // every lock writes top: no two threads share a line of the cache
}

// over is what no lock's word is: the id and the bits that would say that it has died.
const over = ^uint32(0)

// ID returns the thread's id, as in /proc/self/task.
func (th *Thread) ID() int { return int(th.tid) }

// Priority returns the priority that Go has given the thread, without what it inherits.
func (th *Thread) Priority() int { return th.prio }

// Go runs fn on a goroutine of its own, on a thread of its own, which the kernel schedules as SCHED_FIFO
// with the priority prio. It returns when the thread is set up, or with the error that it cannot be: an [*UnsupportedError], or
// a priority that is not within MinPriority and MaxPriority. It panics if fn is nil.
//
// The thread ends with fn. Locks that it then holds pass on with [ErrOwnerDied]. Children of the thread
// (programs that fn starts) are not real-time. fn must not undo the pinning with
// runtime.UnlockOSThread; what it panics with ends the process, as in any goroutine.
func Go(prio int, fn func(*Thread)) error {
	if fn == nil {
		panic("rt: Go with a nil function")
	}
	if prio < MinPriority || prio > MaxPriority {
		return fmt.Errorf("rt: priority %d is not within %d and %d", prio, MinPriority, MaxPriority)
	}
	started := make(chan error)
	go pin(func() {
		th, err := attach(prio)
		if err != nil {
			started <- err
			return
		}
		defer th.end() // also when fn ends by runtime.Goexit
		started <- nil
		fn(th)
	}, make(chan struct{}))
	return <-started
}

// pin runs f on a thread that ends with it. That is never the main thread: the runtime parks it
// instead of ending it, and a lock lost there would be lost for ever. It closes pinned when the thread
// is taken.
func pin(f func(), pinned chan<- struct{}) {
	runtime.LockOSThread()
	if !onMainThread() {
		close(pinned)
		f() // the runtime ends the thread of a goroutine that ends pinned
		return
	}
	// While this goroutine has the main thread, another one cannot get it.
	elsewhere := make(chan struct{})
	go pin(f, elsewhere)
	<-elsewhere
	runtime.UnlockOSThread()
	close(pinned)
}

// attach makes the running thread, which is pinned, a real-time one.
func attach(prio int) (*Thread, error) {
	sweep()
	if err := hasLockPI(); err != nil {
		return nil, err
	}
	if err := hasRobustList(); err != nil {
		return nil, err
	}
	if err := setFIFO(prio); err != nil {
		return nil, err
	}
	return &Thread{tid: threadID(), prio: prio}, nil
}

// end is the last that runs on the thread's goroutine.
func (th *Thread) end() {
	th.onItsThread()
	head, held := th.bequeath()
	th.top, th.free = nil, over
	if len(held) == 0 {
		return
	}
	for _, m := range held {
		m.release() // for the race detector: the kernel unlocks it without a trace
	}
	keep(dying{th.tid, head, held})
	setRobustList(head)
}

// forget takes m off the list of what th holds, and reports whether it was there.
func (th *Thread) forget(m *Mutex) bool {
	for p := &th.top; *p != nil; p = &(*p).below {
		if *p == m {
			*p = m.below
			return true
		}
	}
	return false
}

func (th *Thread) check(call string) {
	if th == nil {
		panic("rt: " + call + " with a nil Thread")
	}
	if th.free == over {
		panic("rt: " + call + " with a Thread whose function has returned")
	}
}

// onItsThread panics if the kernel would act for another thread than th.
func (th *Thread) onItsThread() {
	if threadID() != th.tid {
		panic("rt: a Thread is used on another thread than its own")
	}
}
