package goroutine

import (
	"runtime"
	"unsafe"
)

// linked tells whether Callers may follow frame pointers. It is set before any importing package's
// init and never changes.
var linked = Direct && checkLinks()

const word = unsafe.Sizeof(uintptr(0))

// Callers writes the return addresses on the running goroutine's stack to pcs, that of its own caller
// first, and returns how many. It is runtime.Callers at a tenth of the price: it follows the
// frame pointers, which every function with a frame keeps on amd64 and arm64 for the sake of profilers, instead
// of looking each function's frame up. So an inlined call has no address of its own here;
// [runtime.CallersFrames] finds it in that of the function around it.
//
// The stack cannot move meanwhile, because nothing is called that could make it grow, and it is not
// made smaller while its goroutine runs.
//
//go:norace
//go:nosplit
func Callers(pcs []uintptr) int {
	if !linked {
		return runtime.Callers(2, pcs)
	}
	return follow(getfp(), pcs)
}

//go:norace
//go:nosplit
func follow(fp uintptr, pcs []uintptr) (n int) {
	g := getg()
	lo, hi := *(*uintptr)(g), *(*uintptr)(unsafe.Add(g, word))
	for n < len(pcs) && lo <= fp && fp <= hi-2*word {
		frame := *(**[2]uintptr)(unsafe.Pointer(&fp)) // the caller's frame pointer, and the return address
		if frame[1] == 0 {
			break
		}
		pcs[n] = frame[1]
		n++
		if frame[0] <= fp { // the outermost frame, or no frame pointer at all
			break
		}
		fp = frame[0]
	}
	return n
}

// checkLinks compares what the frame pointers say with what the runtime says, on a stack of four
// functions that are not inlined.
func checkLinks() bool {
	same := make(chan bool)
	go func() { same <- outer(make([]uintptr, 8), make([]uintptr, 8)) }()
	return <-same
}

//go:noinline
func outer(ours, theirs []uintptr) bool { same := middle(ours, theirs); return same }

//go:noinline
func middle(ours, theirs []uintptr) bool { same := inner(ours, theirs); return same }

//go:noinline
func inner(ours, theirs []uintptr) bool {
	n := record(ours)
	m := runtime.Callers(1, theirs)
	const own = 1 // the address in this function, which differs
	if n < own+3 || m < own+3 {
		return false
	}
	for i := own; i < own+3; i++ {
		if ours[i] != theirs[i] {
			return false
		}
	}
	return true
}

//go:noinline
func record(pcs []uintptr) int { return follow(getfp(), pcs) }
