package callsite

import (
	"slices"
	"unsafe"

	"github.com/interlock-go/interlock/internal/goroutine"
)

// A compiled function has one frame layout: its return address lies at the same distance from a local
// variable in every call. So the distance can be measured once, by calling the function from two known
// places and looking where their addresses turn up.

// span is how far from the local variable a return address is looked for, either way.
const span = 512

// Places lists the distances from at, a local variable of a running function, at which the stack holds pc.
// It needs goroutine.Direct.
//
//go:norace
func Places(at unsafe.Pointer, pc uintptr) (found []uintptr) {
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

// Distance measures the distance of lock, which stores at *places what Places says of its own frame and of
// what Outside returns. unlock takes back what it did. The result is false if the addresses of two calls turn up
// at no one distance.
func Distance[T any](lock, unlock func(*T), places *[]uintptr, distance *uintptr) bool {
	first, second := func(x *T) { lock(x) }, func(x *T) { lock(x) }
	return agree(see(first, unlock, places), see(second, unlock, places), distance)
}

// DistanceOfTry is Distance for a function with a result.
func DistanceOfTry[T any](try func(*T) bool, unlock func(*T), places *[]uintptr, distance *uintptr) bool {
	first, second := func(x *T) { try(x) }, func(x *T) { try(x) }
	return agree(see(first, unlock, places), see(second, unlock, places), distance)
}

// see calls f on a value that nobody has used and returns what it stored.
//
//go:noinline
func see[T any](f, undo func(*T), places *[]uintptr) []uintptr {
	x := new(T)
	*places = nil
	f(x)
	undo(x)
	return *places
}

// agree finds the highest distance that both have. Below it lie copies in the frames of what the function called.
func agree(first, second []uintptr, distance *uintptr) (ok bool) {
	for _, d := range first {
		if slices.Contains(second, d) && (!ok || int(d) > int(*distance)) {
			*distance, ok = d, true
		}
	}
	return ok
}
