//go:build !interlock_off

package mutex

import (
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/interlock-go/interlock/internal/engine"
	"github.com/interlock-go/interlock/internal/quiet"
)

// The fast paths take a lock of package sync by the compare-and-swap with which its own fast path
// or its TryLock begins, without the branches for a lock that others wait for: those are left to the
// slow way. The race detector has to be told of an acquisition, so under it TryLock does the work.
//
// That relies on two words. Both are checked at start; if they are not as expected, the fast
// paths stay closed.
//
//	sync.Mutex    first word       0: unlocked, 1: locked and nobody waits
//	sync.RWMutex  word readerWord  readers, less a large number if a writer holds it or waits

// readerWord is the offset of a sync.RWMutex's count of readers, in bytes.
const readerWord = 16

// swap locks mu if it is unlocked and nobody waits for it.
//
//go:norace
func swap(mu *sync.Mutex) bool { //house:allow the lock itself, outside every quiet section
	if quiet.Enabled {
		return mu.TryLock()
	}
	word := (*int32)(unsafe.Pointer(mu))
	return atomic.LoadInt32(word) == 0 && atomic.CompareAndSwapInt32(word, 0, 1) // a failed swap would take the cache line from the holder
}

// barge locks mu if it is unlocked though others wait for it, as a goroutine that comes by at the right moment
// may. It is a function of its own to keep it out of the way of swap, which comes first.
//
//go:norace
//go:noinline
func barge(mu *sync.Mutex) bool {
	return mu.TryLock()
}

// swapRead locks mu for reading unless there is a writer or another reader comes or goes at the same time.
//
//go:norace
func swapRead(mu *sync.RWMutex) bool { //house:allow the lock itself, outside every quiet section
	if quiet.Enabled {
		return mu.TryRLock()
	}
	word := (*int32)(unsafe.Add(unsafe.Pointer(mu), readerWord))
	n := atomic.LoadInt32(word)
	return n >= 0 && atomic.CompareAndSwapInt32(word, n, n+1)
}

func init() {
	if !swaps() {
		engine.CloseFastPath()
	}
}

// swaps tells whether the words are as swap and swapRead expect them.
func swaps() bool {
	var mu sync.Mutex
	var rw sync.RWMutex
	if unsafe.Sizeof(rw) < readerWord+unsafe.Sizeof(int32(0)) {
		return false
	}
	locked := (*int32)(unsafe.Pointer(&mu))
	readers := (*int32)(unsafe.Add(unsafe.Pointer(&rw), readerWord))
	ok := *locked == 0 && *readers == 0
	mu.Lock()
	rw.RLock()
	ok = ok && *locked == 1 && *readers == 1
	rw.RLock()
	ok = ok && *readers == 2
	mu.Unlock()
	rw.RUnlock()
	rw.RUnlock()
	ok = ok && *locked == 0 && *readers == 0
	rw.Lock()
	ok = ok && *readers < 0
	rw.Unlock()
	return ok && *readers == 0
}
