//go:build !interlock_off

package mutex

import (
	"runtime"
	"unsafe"

	"github.com/interlock-go/interlock/internal/engine"
	"github.com/interlock-go/interlock/internal/goroutine"
)

// The site of an acquisition is the return address of the call, and runtime.Callers
// takes ten times as long to find it as the lock takes to be locked. But a compiled
// function has one frame layout: the return address lies at the same distance from a
// local variable in every call. So each distance is measured once, at start, by calling
// the function from two known places and looking where their addresses turn up. If
// they turn up nowhere, the fast paths stay closed and runtime.Callers is asked.

// call is a function whose callers' addresses are wanted.
type call int

const (
	lockCall call = iota
	tryLockCall
	rwLockCall
	rwTryLockCall
	rLockCall
	tryRLockCall
	calls
)

// sites holds the distances from each function's local variable "here" to its return address.
var sites [calls]uintptr

// measured tells that sites is complete.
var measured bool

// measuring receives the places where the return address of the call under measurement lies.
var measuring *[]uintptr

// site returns the return address of the function whose local variable at is. It is called by the
// function itself or by one that the function calls.
//
//go:norace
func site(at unsafe.Pointer, c call) uintptr {
	if measured {
		return *(*uintptr)(unsafe.Add(at, sites[c]))
	}
	pc := caller()
	if measuring != nil {
		*measuring = places(at, pc)
	}
	return pc
}

// caller returns the return address of the innermost frame outside this package, the slow way.
//
//go:norace
func caller() uintptr {
	var pcs [8]uintptr
	n := runtime.Callers(1, pcs[:])
	for i := range n {
		if f := runtime.FuncForPC(pcs[i] - 1); f == nil || !ours(f.Name()) {
			return pcs[i]
		}
	}
	return pcs[0]
}

const (
	packagePrefix = "github.com/interlock-go/interlock/mutex."
	measurePrefix = packagePrefix + "measure"
)

// ours tells whether a function belongs to this package, those that stand for the user's apart.
//
//go:norace
func ours(name string) bool {
	return len(name) > len(packagePrefix) && name[:len(packagePrefix)] == packagePrefix &&
		(len(name) < len(measurePrefix) || name[:len(measurePrefix)] != measurePrefix)
}

// span is how far from the local variable a return address is looked for, either way.
const span = 512

// places lists the distances from at at which the stack holds pc.
//
//go:norace
func places(at unsafe.Pointer, pc uintptr) (found []uintptr) {
	stack := goroutine.StackOf(goroutine.G())
	start := -int(uintptr(at) % unsafe.Sizeof(pc))
	for d := start - span; d < span; d += int(unsafe.Sizeof(pc)) {
		p := unsafe.Add(at, d)
		last := unsafe.Add(p, unsafe.Sizeof(pc)-1)
		if stack.Holds(p) && stack.Holds(last) && *(*uintptr)(p) == pc {
			found = append(found, uintptr(d))
		}
	}
	return found
}

func init() {
	if !goroutine.Direct {
		return
	}
	for c := range calls {
		d, ok := measure(c)
		if !ok {
			engine.CloseFastPath()
			return
		}
		sites[c] = d
	}
	measured = true
}

// measure finds the distance for a function: the highest one at which both calls left
// their address. Below it lie copies in the frames of what the function called.
func measure(c call) (distance uintptr, ok bool) {
	first, second := measureCalls(c)
	for _, d := range first {
		for _, e := range second {
			if d == e && (!ok || int(d) > int(distance)) {
				distance, ok = d, true
			}
		}
	}
	return distance, ok
}

// measureCalls calls the function on two fresh locks, so that it takes its slow path, from two places.
// It runs on the main goroutine, which must not be left with locks that it never lets go.
//
//go:noinline
func measureCalls(c call) (first, second []uintptr) {
	var m, n Mutex
	var rw, rx RWMutex
	defer func() { measuring = nil }()
	measuring = &first
	switch c {
	case lockCall:
		m.Lock()
		m.Unlock()
		measuring = &second
		n.Lock()
		n.Unlock()
	case tryLockCall:
		m.TryLock()
		m.Unlock()
		measuring = &second
		n.TryLock()
		n.Unlock()
	case rwLockCall:
		rw.Lock()
		rw.Unlock()
		measuring = &second
		rx.Lock()
		rx.Unlock()
	case rwTryLockCall:
		rw.TryLock()
		rw.Unlock()
		measuring = &second
		rx.TryLock()
		rx.Unlock()
	case rLockCall:
		rw.RLock()
		rw.RUnlock()
		measuring = &second
		rx.RLock()
		rx.RUnlock()
	case tryRLockCall:
		rw.TryRLock()
		rw.RUnlock()
		measuring = &second
		rx.TryRLock()
		rx.RUnlock()
	}
	return first, second
}
