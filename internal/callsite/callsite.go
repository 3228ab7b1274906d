// Package callsite finds the place in the program from which one of our functions was called: its
// call site, given as the return address of the call.
//
// There is one way for every package, [Outside], which costs up to a microsecond. A lock that is free is
// taken in a hundredth of that, so package mutex reads the return address off its own frame, at a
// distance that [Distance] has measured at start.
package callsite

import (
	"runtime"

	"github.com/interlock-go/interlock/internal/goroutine"
)

// depth is how many frames of ours at most lie between the program's call and Outside.
const depth = 12

// Outside returns the return address of the innermost frame outside the package that calls it.
//
//go:norace
func Outside() uintptr { return outside(1) }

// OutsideBoth is Outside for a package that works for another one: the frame is outside that one, too.
//
//go:norace
func OutsideBoth() uintptr { return outside(2) }

// outside leaves out the frames of so many packages.
//
//go:norace
func outside(packages int) uintptr {
	var pcs [depth]uintptr
	n := runtime.Callers(3, pcs[:])
	own := ""
	for i := range n {
		f := runtime.FuncForPC(pcs[i] - 1)
		if f == nil {
			return pcs[i]
		}
		name := f.Name()
		if i == 0 {
			own = name[:packageLen(name)]
		}
		if len(name) >= len(own) && name[:len(own)] == own {
			continue
		}
		if packages--; packages == 0 {
			return pcs[i]
		}
		own = name[:packageLen(name)]
	}
	return pcs[0]
}

// packageLen is the length of the package's path in a function's name, with the dot that ends it. A dot
// in the last element of a path is written %2e.
//
//go:norace
func packageLen(name string) int {
	last := 0
	for i := 0; i < len(name) && name[i] != '['; i++ { // type arguments have paths of their own
		if name[i] == '/' {
			last = i
		}
	}
	for last < len(name) && name[last] != '.' {
		last++
	}
	return min(last+1, len(name))
}

// StackDepth is how many frames of a stack are kept.
const StackDepth = 32

// Stack returns the stack of the running goroutine from the call with return address pc down, which
// leaves our frames out.
//
//go:norace
func Stack(pc uintptr) []uintptr {
	pcs := make([]uintptr, StackDepth)
	return Below(pc, pcs[:goroutine.Callers(pcs)])
}

// Below leaves out of a stack what lies above the call with return address pc.
//
//go:norace
func Below(pc uintptr, pcs []uintptr) []uintptr {
	for i := range pcs {
		if pcs[i] == pc {
			return pcs[i:]
		}
	}
	return pcs
}
