package rt

import (
	"fmt"
	"runtime"
	"sync"
)

// The priorities of SCHED_FIFO, the larger the more urgent.
const (
	MinPriority = 1  // above everything that is not real-time
	MaxPriority = 99 // the kernel's own watchdogs run here: leave it to them
)

// Thread is the handle of a goroutine that [Go] has started, and of the operating system's thread that runs it
// and nothing else. It is used on that goroutine only, and not after its function has returned.
type Thread struct {
	head robustHead
	tid  uint32 // cached: to ask for it costs a system call; 0 once the function has returned
	prio int
}

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
	if err := setFIFO(prio); err != nil {
		return nil, err
	}
	th := &Thread{prio: prio, tid: threadID()}
	th.head.init()
	if err := setRobustList(&th.head); err != nil { // last: from here on the kernel reads th
		return nil, err
	}
	return th, nil
}

// end is the last that runs on the thread's goroutine.
func (th *Thread) end() {
	th.onItsThread("the end of the function")
	held := th.head.members()
	for _, m := range held {
		m.release() // for the race detector: the kernel unlocks it without a trace
	}
	keep(dying{th, th.tid, held})
	th.tid = 0
}

func (th *Thread) misuse(call string) {
	if th == nil {
		panic("rt: " + call + " with a nil Thread")
	}
	panic("rt: " + call + " with a Thread whose function has returned")
}

// onItsThread panics if the kernel would act for another thread than th.
func (th *Thread) onItsThread(call string) {
	if threadID() != th.tid {
		panic("rt: " + call + " on another thread than the Thread's own")
	}
}

// dying is what the kernel reads while a thread ends, after its goroutine is gone. The list does not do to
// keep held alive: whoever gets the first lock of it puts it into another list.
type dying struct {
	th   *Thread
	tid  uint32
	held []*Mutex
}

var morgue struct {
	sync.Mutex
	all []dying
}

func keep(d dying) {
	morgue.Lock()
	morgue.all = append(morgue.all, d)
	morgue.Unlock()
}

// sweep forgets the threads that are gone.
func sweep() {
	morgue.Lock()
	left := morgue.all[:0]
	for _, d := range morgue.all {
		if alive(d.tid) {
			left = append(left, d)
		}
	}
	clear(morgue.all[len(left):])
	morgue.all = left
	morgue.Unlock()
}
