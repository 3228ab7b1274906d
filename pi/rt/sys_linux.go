package rt

import (
	"context"
	"fmt"
	"os"
	"syscall"
	"time"
	"unsafe"
)

// The kernel's numbers, which package syscall does not have. They are the same on every architecture.
const (
	futexUnlockPI = 7  // FUTEX_UNLOCK_PI
	futexLockPI2  = 13 // FUTEX_LOCK_PI2: as FUTEX_LOCK_PI, with a deadline on CLOCK_MONOTONIC
	futexPrivate  = 128

	schedFIFO        = 1
	schedResetOnFork = 0x40000000

	clockMonotonic = 1
)

func threadID() uint32 {
	tid, _, _ := syscall.RawSyscall(syscall.SYS_GETTID, 0, 0, 0)
	return uint32(tid)
}

func onMainThread() bool { return int(threadID()) == syscall.Getpid() }

// alive tells whether the process has a thread with the id. One that is not has let go of its locks.
func alive(tid uint32) bool {
	return syscall.Tgkill(syscall.Getpid(), int(tid), 0) != syscall.ESRCH
}

// lockPI waits until the kernel has given the word to the running thread. It is a system call that the runtime
// knows of: with a raw one, a stop of the world would wait for the waiter, and the owner for the world.
func lockPI(word *uint32, deadline time.Time) error {
	var until *syscall.Timespec
	if !deadline.IsZero() {
		until = monotonic(deadline)
	}
	for {
		_, _, errno := syscall.Syscall6(syscall.SYS_FUTEX, uintptr(unsafe.Pointer(word)), futexLockPI2|futexPrivate, 0, uintptr(unsafe.Pointer(until)), 0, 0)
		switch errno {
		case 0:
			return nil
		case syscall.EAGAIN, syscall.EINTR: // the owner is about to end; a signal, on the way into the wait
		case syscall.EDEADLK:
			return ErrDeadlock
		case syscall.ETIMEDOUT:
			return context.DeadlineExceeded
		default:
			return os.NewSyscallError("futex(FUTEX_LOCK_PI2)", errno)
		}
	}
}

// unlockPI hands the word to its most urgent waiter. It does not sleep, so the runtime need not know.
func unlockPI(word *uint32) error {
	_, _, errno := syscall.RawSyscall6(syscall.SYS_FUTEX, uintptr(unsafe.Pointer(word)), futexUnlockPI|futexPrivate, 0, 0, 0, 0)
	if errno != 0 {
		return os.NewSyscallError("futex(FUTEX_UNLOCK_PI)", errno)
	}
	return nil
}

// monotonic returns t on the kernel's monotonic clock, which package time does not show.
func monotonic(t time.Time) *syscall.Timespec {
	var now syscall.Timespec
	_, _, _ = syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clockMonotonic, uintptr(unsafe.Pointer(&now)), 0)
	// A year is for ever, and fits where a second has 32 bits.
	left := min(max(time.Until(t), 0), 365*24*time.Hour)
	until := syscall.NsecToTimespec(now.Nano() + int64(left))
	return &until
}

// hasLockPI locks and unlocks by the kernel.
func hasLockPI() error {
	word := new(uint32)
	if err := lockPI(word, time.Time{}); err != nil {
		return &UnsupportedError{"the kernel has no FUTEX_LOCK_PI2 (Linux 5.14 with CONFIG_FUTEX_PI): " + err.Error(), err}
	}
	return unlockPI(word)
}

// hasRobustList asks for the running thread's list, which may be empty.
func hasRobustList() error {
	var head, size uintptr
	_, _, errno := syscall.RawSyscall(syscall.SYS_GET_ROBUST_LIST, 0, uintptr(unsafe.Pointer(&head)), uintptr(unsafe.Pointer(&size)))
	if errno != 0 {
		return &UnsupportedError{"the kernel refuses get_robust_list: " + errno.Error(), errno}
	}
	return nil
}

// setRobustList gives the running thread the list h. It replaces one of the C library's, which a program with cgo
// has, and which is empty unless C code leaves a robust lock of its own locked on this thread.
func setRobustList(h *robustHead) {
	_, _, errno := syscall.RawSyscall(syscall.SYS_SET_ROBUST_LIST, uintptr(unsafe.Pointer(h)), unsafe.Sizeof(*h), 0)
	if errno != 0 {
		panic("rt: set_robust_list: " + errno.Error()) // attach has seen that there are robust lists
	}
}

func setFIFO(prio int) error {
	errno := tryFIFO(prio)
	if errno == 0 {
		return nil
	}
	reason := fmt.Sprintf("SCHED_FIFO with priority %d refused (%v): ", prio, errno)
	if hasSysNice() {
		reason += "the process has CAP_SYS_NICE, so that its control group has no real-time share, or a filter forbids it"
	} else {
		reason += fmt.Sprintf("it takes CAP_SYS_NICE, or an RLIMIT_RTPRIO that is at least the priority (it is %d)", priorityLimit())
	}
	return &UnsupportedError{reason, errno}
}

func tryFIFO(prio int) syscall.Errno {
	param := struct{ priority int32 }{int32(prio)}
	_, _, errno := syscall.RawSyscall(syscall.SYS_SCHED_SETSCHEDULER, 0, schedFIFO|schedResetOnFork, uintptr(unsafe.Pointer(&param)))
	return errno
}
