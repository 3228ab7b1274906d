package rt

import (
	"sync"
	"unsafe"
)

// The kernel releases the locks of a thread that ends from a list in the thread's memory, the robust list
// (Linux, Documentation/locking/robust-futex-ABI.rst). A C library keeps that list up to date with every lock, and
// names the lock that is about to change in list_op_pending, because a thread of C can end anywhere. One of ours ends
// in one place, after its function: the list of what it holds becomes the kernel's there, and a
// lock costs two stores less until then.
//
// The kernel reads these structures by address. They lie where the collector keeps them: its heap
// does not move, a Mutex that a Thread holds has escaped to it, and the morgue keeps all of it alive until
// the thread is gone.

// robustHead is the kernel's struct robust_list_head.
type robustHead struct {
	next    unsafe.Pointer // the first lock's entry, or this field for none
	offset  uintptr        // from an entry to the futex word
	pending uintptr        // list_op_pending: nothing is under way at the end of a thread
}

// piFlag in an entry says that its word is a priority-inheriting one.
const piFlag = 1

// entry is what the kernel's list says of m: where its link is, which is below.
func (m *Mutex) entry() unsafe.Pointer { return unsafe.Add(unsafe.Pointer(&m.below), piFlag) }

// bequeath makes the kernel's list of the locks that th holds and returns them.
func (th *Thread) bequeath() (*robustHead, []*Mutex) {
	h := &robustHead{offset: unsafe.Offsetof(Mutex{}.word) - unsafe.Offsetof(Mutex{}.below)}
	var held []*Mutex
	link := &h.next
	for m := th.top; m != nil; {
		held = append(held, m)
		*link = m.entry()
		link = (*unsafe.Pointer)(unsafe.Pointer(&m.below))
		m = m.below
	}
	*link = unsafe.Pointer(&h.next)
	return h, held
}

// dying is what the kernel reads while a thread ends, after its goroutine is gone. The list would not
// do to keep held alive: whoever gets its first lock overwrites the link.
type dying struct {
	tid  uint32
	head *robustHead
	held []*Mutex
}

var morgue struct {
	sync.Mutex
	all []dying
}

func keep(d dying) {
	morgue.Lock()
	morgue.all = append(morgue.all, d)
	morgue.Unlock()
}

// sweep forgets the threads that are gone.
func sweep() {
	morgue.Lock()
	left := morgue.all[:0]
	for _, d := range morgue.all {
		if alive(d.tid) {
			left = append(left, d)
		}
	}
	clear(morgue.all[len(left):])
	morgue.all = left
	morgue.Unlock()
}
