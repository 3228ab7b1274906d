//go:build (amd64 || arm64) && gc && !interlock_portable

package goroutine_test

import (
	"runtime"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/goroutine"
)

func TestTheDirectWayIsOpen(t *testing.T) { require.True(t, goroutine.Direct) }

// The second crowd runs on records of the first: the runtime uses them again.
func TestIDIsThatOfRuntimeStack(t *testing.T) {
	const n = 1000
	type sight struct {
		g       unsafe.Pointer
		id, say uint64
		again   bool // somebody of the first crowd ran on g
		gone    bool // and counts as finished
	}
	by := map[unsafe.Pointer]sight{}
	var first, second [n]sight
	look := func(into *[n]sight) func(int) {
		return func(i int) {
			g := goroutine.G()
			old, again := by[g]
			into[i] = sight{g, goroutine.ID(g), printedID(), again, goroutine.Finished(g, old.id)}
		}
	}
	crowd(n, look(&first))
	for _, s := range first {
		by[s.g] = s
	}
	require.Len(t, by, n, "each alive at once has a record of its own")
	crowd(n, look(&second))
	again := 0
	for _, s := range second {
		if s.again {
			again++
			require.NotEqual(t, by[s.g].id, s.id)
			require.True(t, s.gone)
		}
	}
	for _, s := range append(first[:], second[:]...) {
		require.Equal(t, s.say, s.id)
	}
	require.NotZero(t, again, "no record was used again, so nothing was tested of that")
}

// grow calls f with the stack grown by some kilobytes for each level.
//
//go:noinline
func grow(levels int, f func()) byte {
	var space [4096]byte
	if levels == 0 {
		f()
	} else {
		space[levels] = grow(levels-1, f)
	}
	return space[levels/2]
}

func TestStackHolds(t *testing.T) {
	var mine byte
	me := goroutine.StackOf(goroutine.G())
	var right, moved [20]bool
	crowd(len(right), func(i int) {
		var top byte
		first := goroutine.StackOf(goroutine.G())
		before := uintptr(unsafe.Pointer(&top))
		right[i] = first.Holds(unsafe.Pointer(&top)) && first.ID() == goroutine.CurrentID()
		grow(i*4, func() {
			var deep byte
			now := goroutine.StackOf(goroutine.G())
			own := now.Holds(unsafe.Pointer(&deep)) && now.Holds(unsafe.Pointer(&top))
			others := me.Holds(unsafe.Pointer(&deep)) || me.Holds(unsafe.Pointer(&top))
			heap := now.Holds(unsafe.Pointer(t)) || now.Holds(nil)
			right[i] = right[i] && own && !others && !heap
			if before != uintptr(unsafe.Pointer(&top)) {
				moved[i] = true
			}
		})
	})
	require.NotContains(t, right, false)
	require.Contains(t, moved, true, "no stack has moved, so nothing was tested of that")
	me = goroutine.StackOf(goroutine.G())
	require.True(t, me.Holds(unsafe.Pointer(&mine)))
	none := goroutine.NoStack()
	require.False(t, none.Holds(unsafe.Pointer(&mine)))
}

func TestFinished(t *testing.T) {
	type who struct {
		g  unsafe.Pointer
		id uint64
	}
	running, end := make(chan who), make(chan struct{})
	var done sync.WaitGroup
	done.Go(func() {
		g := goroutine.G()
		running <- who{g, goroutine.ID(g)}
		<-end
	})
	w := <-running
	require.False(t, goroutine.Finished(goroutine.G(), goroutine.ID(goroutine.G())))
	for range 20 { // the collector marks the status of a stack that it looks at
		done.Go(runtime.GC)
		for range 1000 {
			if goroutine.Finished(w.g, w.id) {
				require.Fail(t, "it is blocked, not finished")
			}
		}
	}
	close(end)
	done.Wait()
	require.Eventually(t, func() bool { return goroutine.Finished(w.g, w.id) }, patience, time.Millisecond)
}
