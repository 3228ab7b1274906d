// Package goroutine tells which goroutine is running, cheaply where the machine allows.
//
// The runtime offers no such call, so the cheap way rests on two assumptions: that the
// g register (or its thread-local slot) holds the goroutine's record, and that the
// record begins with the stack's bounds and has the goroutine id at a fixed offset.
// Both are checked once at start against runtime.Stack. Where a check fails, or the
// architecture has no assembly here, Direct stays false and callers take the slow
// and always right way: CurrentID, which reads runtime.Stack.
package goroutine

import (
	"runtime"
	"unsafe"
)

// Direct tells whether G, ID, StackOf and Finished may be used. It is set before any
// importing package's init and never changes.
var Direct = probe()

// idOffset is where the goroutine id lies in the runtime's g; found by probe.
var idOffset uintptr

// G returns the address of the running goroutine's record. The runtime keeps these
// records for ever and uses them again, so G alone does not tell a goroutine from
// an earlier one: compare ID as well.
//
//go:norace
func G() unsafe.Pointer { return getg() }

// ID returns the goroutine id in record g.
//
//go:norace
func ID(g unsafe.Pointer) uint64 { return *(*uint64)(unsafe.Add(g, idOffset)) }

// Stack is where a goroutine's stack lies, as the goroutine itself last saw it.
type Stack struct {
	g    unsafe.Pointer
	lo   uintptr
	size uintptr
}

// StackOf returns the stack of the goroutine with record g, which the caller runs on.
//
//go:norace
func StackOf(g unsafe.Pointer) Stack {
	lo, hi := *(*uintptr)(g), *(*uintptr)(unsafe.Add(g, unsafe.Sizeof(uintptr(0))))
	return Stack{g, lo, hi - lo}
}

// noG is a record of a goroutine without a stack.
var noG [probeSpan / unsafe.Sizeof(uintptr(0))]uintptr

// NoStack returns a stack that holds nothing.
//
//go:norace
func NoStack() Stack { return Stack{g: unsafe.Pointer(&noG)} }

// Holds tells whether sp, the address of a local variable of the caller, lies on the stack, that is,
// whether the caller runs on the stack's goroutine. The answer may also be a no if the
// stack has moved since StackOf.
//
// Of another goroutine the bounds may change at any time, so they are not read as a pair: they would
// belong to two stacks, between which the caller's own could lie. The lower bound alone says whether
// the stack is still the one that StackOf saw. (It would have to move away, be cut to half its size or
// less, come back to the same address, and leave the rest to the caller's goroutine, all between two uses
// of a lock by its own goroutine, to be taken for what it was.)
//
//go:norace
func (s *Stack) Holds(sp unsafe.Pointer) bool {
	return *(*uintptr)(s.g) == s.lo && uintptr(sp)-s.lo < s.size
}

// ID returns the id of the goroutine that has the stack now.
//
//go:norace
func (s *Stack) ID() uint64 { return ID(s.g) }

// statusDead is the runtime's _Gdead: the goroutine has finished and its record waits for another.
const statusDead = 6

// Finished tells whether the goroutine id that once ran on g has ended.
//
//go:norace
func Finished(g unsafe.Pointer, id uint64) bool {
	return ID(g) != id || *(*uint32)(unsafe.Add(g, idOffset-8))&statusMask == statusDead
}

// CurrentID returns the running goroutine's id the slow way, from the header that
// runtime.Stack prints.
func CurrentID() uint64 {
	var buf [64]byte
	return headerID(buf[:runtime.Stack(buf[:], false)])
}

// headerID reads the number in "goroutine 12 [running]:"; 0 if there is none.
func headerID(b []byte) uint64 {
	const prefix = "goroutine "
	if len(b) < len(prefix) || string(b[:len(prefix)]) != prefix {
		return 0
	}
	var id uint64
	for _, c := range b[len(prefix):] {
		if c < '0' || c > '9' {
			break
		}
		id = id*10 + uint64(c-'0')
	}
	return id
}
