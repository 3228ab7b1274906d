// Package heldset keeps which locks a goroutine holds, in order of acquisition, for fast paths of a few
// nanoseconds: an acquisition writes three words, and a release one.
package heldset

import (
	"sync/atomic"
	"unsafe"

	"github.com/interlock-go/interlock/internal/rule"
)

// Inline is how many locks a goroutine can hold before its set needs a second allocation.
const Inline = 4

// Hold is one lock held.
type Hold struct {
	Key uint64  // see Twist; 0 in the slot below the first hold
	PC  uintptr // return address of the acquiring call
	Sum uint64  // of the keys from the first hold up to this one: the name of the held set
}

const holdSize = unsafe.Sizeof(Hold{})

// Set is the locks that a goroutine holds, a stack with the innermost on top. The slot below the first hold
// is always empty, so that there is a top even when nothing is held. Clear makes a set ready.
//
// A Set lies on the heap and does not move: top and end are addresses kept as integers, which spares the
// write barrier. What they point into is the set itself, which its owner must never let go, or what more refers to.
//
// Only its goroutine changes a set, Close apart. Others may read it at any time; while that goroutine
// runs they may see any hold for which there are slots.
type Set struct {
	top  uintptr // *Hold
	end  uintptr // the last slot, or 0 to send the next acquisition the slow way
	more *[]Hold // takes the place of held when that is too small; never changed, only replaced
	held [1 + Inline]Hold
}

// Clear makes the set an empty one.
//
//go:norace
func (s *Set) Clear() {
	s.top = uintptr(unsafe.Pointer(&s.slots()[0]))
	s.Open()
}

// Open makes the set have room as far as there are slots.
//
//go:norace
func (s *Set) Open() {
	slots := s.slots()
	s.end = uintptr(unsafe.Pointer(&slots[len(slots)-1]))
}

// Close makes the set have no room, which its goroutine sees at its next acquisition.
//
//go:norace
func (s *Set) Close() { atomic.StoreUintptr(&s.end, 0) }

//go:norace
func (s *Set) slots() []Hold {
	if s.more != nil {
		return *s.more
	}
	return s.held[:]
}

// Top returns the innermost hold, or the empty slot if there is none.
//
//go:norace
func (s *Set) Top() *Hold { return *(**Hold)(unsafe.Pointer(&s.top)) }

// Idle tells whether no lock is held. It may say no of a set that once held very many.
//
//go:norace
func (s *Set) Idle() bool { return s.top == uintptr(unsafe.Pointer(&s.held[0])) }

// Room tells whether there is a slot above h, which is Top.
//
//go:norace
func (s *Set) Room(h *Hold) bool { return uintptr(unsafe.Pointer(h)) < s.end }

// PushFirst is Push for a set that is Idle.
//
//go:norace
func (s *Set) PushFirst(key uint64, pc uintptr) {
	h := &s.held[1]
	h.Key, h.PC, h.Sum = key, pc, key
	s.top = uintptr(unsafe.Pointer(h))
}

// Push notes an acquisition. There must be a slot: there is Room, or the set is not Full.
//
//go:norace
func (s *Set) Push(key uint64, pc uintptr) {
	below := s.Top()
	h := (*Hold)(unsafe.Add(unsafe.Pointer(below), holdSize))
	h.Key = key
	h.PC = pc
	h.Sum = below.Sum + key
	s.top = uintptr(unsafe.Pointer(h))
}

// Pop forgets the lock acquired last.
//
//go:norace
func (s *Set) Pop() { s.top -= holdSize }

// Len returns how many locks are held. Read of a goroutine that is not blocked it may be any number for
// which there are slots.
//
//go:norace
func (s *Set) Len() uint32 {
	slots := s.slots()
	n := (atomic.LoadUintptr(&s.top) - uintptr(unsafe.Pointer(&slots[0]))) / holdSize
	if n >= uintptr(len(slots)) {
		return 0 // another stack's top: it has grown between the two loads
	}
	return uint32(n)
}

// At returns the i-th hold, 0 being the outermost.
//
//go:norace
func (s *Set) At(i uint32) *Hold {
	slots := s.slots()
	return &slots[min(int(i)+1, len(slots)-1)]
}

// Sum names the held set: the sum of its keys, whatever their order; 0 is the empty one.
//
//go:norace
func (s *Set) Sum() uint64 { return s.Top().Sum }

// Full tells whether every slot is taken.
//
//go:norace
func (s *Set) Full() bool { return int(s.Len())+1 >= len(s.slots()) }

// Grow makes slots. The caller excludes Close.
//
//go:norace
func (s *Set) Grow() {
	old, n := s.slots(), s.Len()
	grown := make([]Hold, 4*len(old))
	for i := range old {
		grown[i] = old[i]
	}
	s.more = &grown
	atomic.StoreUintptr(&s.top, uintptr(unsafe.Pointer(&grown[n])))
	if s.end != 0 {
		s.end = uintptr(unsafe.Pointer(&grown[len(grown)-1]))
	}
}

// Index returns the place of the last hold with the key, Unbound aside, or -1.
//
//go:norace
func (s *Set) Index(key uint64) int {
	for i := int(s.Len()) - 1; i >= 0; i-- {
		if s.At(uint32(i)).Key&^Unbound == key {
			return i
		}
	}
	return -1
}

// Count returns how many holds have the key, Unbound aside.
//
//go:norace
func (s *Set) Count(key uint64) (n int) {
	for i := range s.Len() {
		if s.At(i).Key&^Unbound == key {
			n++
		}
	}
	return n
}

// Remove takes out the i-th hold, wherever it stands: locks need not be released in the
// reverse order of their acquisition.
//
//go:norace
func (s *Set) Remove(i int) {
	n := s.Len()
	gone := s.At(uint32(i)).Key &^ Unbound
	for j := uint32(i); j+1 < n; j++ {
		h := s.At(j)
		*h = *s.At(j + 1)
		h.Sum -= gone
	}
	s.top -= holdSize
}

// Holds tells whether the lock with this identity is held, and how.
//
//go:norace
func (s *Set) Holds(id uint64, m rule.Mode) bool { return s.Index(Key(id, m)) >= 0 }
