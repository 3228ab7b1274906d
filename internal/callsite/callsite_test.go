package callsite_test

import (
	"runtime"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/callsite"
	"github.com/interlock-go/interlock/internal/goroutine"
)

// Frames of this package come first, so what lies outside it is whoever calls its tests.
func TestOutside(t *testing.T) {
	through := func() (pc uintptr) {
		frame[int]{}.call(func() { pc = callsite.Outside() })
		return pc
	}
	require.Equal(t, "testing.tRunner", runtime.FuncForPC(through()).Name())
}

// frame has methods whose names hold more than one path.
type frame[T any] struct{}

//go:noinline
func (frame[T]) call(f func()) { f() }

func TestBelow(t *testing.T) {
	stack := callsite.Stack(0)
	require.Greater(t, len(stack), 2)
	require.LessOrEqual(t, len(stack), callsite.StackDepth)
	require.Equal(t, stack[1:], callsite.Below(stack[1], stack))
	require.Equal(t, stack, callsite.Below(1, stack), "the call is not on it")
}

// door is a lock that notes from where it was locked.
type door struct{}

var seen []uintptr

//go:noinline
func (d *door) lock() {
	var here [0]byte
	note(unsafe.Pointer(&here))
}

//go:noinline
func (d *door) try() bool {
	var here [3]uintptr
	note(unsafe.Pointer(&here))
	return here[1] == 0
}

//go:noinline
func (d *door) deaf() {}

//go:noinline
func note(at unsafe.Pointer) { seen = callsite.Places(at, callsite.Outside()) }

func (d *door) unlock() {}

func TestDistance(t *testing.T) {
	if !goroutine.Direct {
		t.Skip("needs the bounds of the stack")
	}
	var distance uintptr
	require.True(t, callsite.Distance((*door).lock, (*door).unlock, &seen, &distance))
	require.NotZero(t, distance)
	require.True(t, callsite.DistanceOfTry((*door).try, (*door).unlock, &seen, &distance))
	require.NotZero(t, distance)
	require.False(t, callsite.Distance((*door).deaf, (*door).unlock, &seen, &distance), "it stored nothing")
}
