// Package lockword has a 64-bit word that is a spin lock and a number at once: whoever
// holds the lock publishes the number's next value with the very store that unlocks.
//
// What it guards must be short and must not block. A goroutine that finds it taken tries three times and
// then yields, because spinning longer never pays where the holder may be off its processor.
package lockword

import (
	"runtime"
	"sync/atomic"
)

// Locked is the bit of the word that says that somebody holds it. The other bits are the number.
const Locked = 1

// Word is a lock and a number. Its zero value is unlocked and 0. It must not be copied after first use.
type Word struct {
	_ [0]atomic.Uint64 // aligns v on 32-bit machines
	v uint64           // not the type above, whose methods would keep Lock from being inlined
}

// Lock acquires the word and returns its number.
func (w *Word) Lock() uint64 {
	if v := atomic.LoadUint64(&w.v) &^ Locked; atomic.CompareAndSwapUint64(&w.v, v, v|Locked) {
		return v
	}
	return w.lockSlow()
}

// lockSlow waits for the word. A holder is gone in some ten nanoseconds, unless the system has taken its
// processor away: then whoever only yields to other goroutines burns the time that the holder needs.
func (w *Word) lockSlow() uint64 {
	const tries, yields = 3, 20
	for round := 0; ; round++ {
		for range tries {
			if v := atomic.LoadUint64(&w.v); v&Locked == 0 && atomic.CompareAndSwapUint64(&w.v, v, v|Locked) {
				return v
			}
		}
		if round < yields {
			runtime.Gosched()
		} else {
			nap()
		}
	}
}

// Unlock publishes the number v and releases the word. What the caller reads afterwards may have been
// read before the others see v, unless it acquires a word first.
func (w *Word) Unlock(v uint64) { release(&w.v, v) }

// Set replaces the number of a word that another lock guards.
func (w *Word) Set(v uint64) { release(&w.v, v) }

// Load returns the number as last published, whether or not somebody holds the word.
func (w *Word) Load() uint64 { return atomic.LoadUint64(&w.v) &^ Locked }
