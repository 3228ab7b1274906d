// Package park keeps the queues of calls that wait with a context.
//
// Go's own locks cannot be waited for with a way out, so such a call queues here and is
// woken by the next release, when it tries again. Queues hang off a global table by the
// address of what is waited for, like the kernel's futexes, and cost a lock nothing
// while nobody waits with a context.
//
// The table refers to waiters by addresses that the collector does not see: a
// reference from a global would keep a leaked goroutine from being recognised as one. A
// waiter is alive while it is queued, because its goroutine refers to it and takes it
// out before it goes on.
package park

import (
	"sync"
	"unsafe"
)

// Waiter is one blocked call.
type Waiter struct {
	C      chan struct{} //house:allow receives when it is time to try again; sent to, never closed
	addr   uintptr
	next   uintptr // *Waiter
	queued bool
}

// New returns a waiter. Its channel belongs to the caller's synctest bubble, which is
// why waiters are not pooled. It is not inlined, so that the waiter lies on the heap: a stack may
// move, and the queue would not hear of it.
//
//house:allow called before the quiet section
//go:noinline
func New() *Waiter { return &Waiter{C: make(chan struct{}, 1)} }

// Flag is told, with the queue locked, whether anybody is queued.
type Flag interface {
	SetWaited()
	ClearWaited()
}

const shardBits = 6

type shard struct {
	mu   sync.Mutex //house:allow the lock of a quiet section
	head uintptr    // *Waiter
	_    [48]byte
}

var shards [1 << shardBits]shard

//go:norace
func shardOf(addr uintptr) *shard {
	return &shards[uint64(addr>>4)*0x9e3779b97f4a7c15>>(64-shardBits)]
}

//go:norace
func at(p *uintptr) *Waiter { return *(**Waiter)(unsafe.Pointer(p)) }

// Add queues w for addr: at the end, or at the front if it was woken before and came too
// late. The caller tries once more afterwards; a release that came in between did not see w.
//
//go:norace
func Add(w *Waiter, addr uintptr, front bool, f Flag) {
	s := shardOf(addr)
	s.mu.Lock()
	p := &s.head
	for !front && *p != 0 {
		p = &at(p).next
	}
	w.addr, w.next, w.queued = addr, *p, true
	*p = uintptr(unsafe.Pointer(w))
	f.SetWaited()
	s.mu.Unlock()
}

// Remove takes w out and reports false if it was woken before.
//
//go:norace
func Remove(w *Waiter, f Flag) bool {
	s := shardOf(w.addr)
	s.mu.Lock()
	queued := w.queued
	if queued {
		p := &s.head
		for at(p) != w {
			p = &at(p).next
		}
		*p, w.queued = w.next, false
		s.settle(w.addr, f)
	}
	s.mu.Unlock()
	return queued
}

// Wake wakes the first waiter for addr, or all of them.
//
//go:norace
func Wake(addr uintptr, all bool, f Flag) {
	s := shardOf(addr)
	s.mu.Lock()
	for p := &s.head; *p != 0; {
		w := at(p)
		if w.addr != addr {
			p = &w.next
			continue
		}
		*p, w.queued = w.next, false
		select { //house:allow sent without waiting, in a quiet section
		case w.C <- struct{}{}: //house:allow sent without waiting, in a quiet section
		default: // it has been called for another reason and not looked yet; it will try all the same
		}
		if !all {
			break
		}
	}
	s.settle(addr, f)
	s.mu.Unlock()
}

// settle clears the flag if nobody waits for addr.
//
//go:norace
func (s *shard) settle(addr uintptr, f Flag) {
	for p := &s.head; *p != 0; p = &at(p).next {
		if at(p).addr == addr {
			return
		}
	}
	f.ClearWaited()
}
