package engine

import (
	"sync/atomic"
	"unsafe"

	"github.com/interlock-go/interlock/internal/rule"
)

// inlineHolds is how many locks a goroutine can hold before its record needs a second allocation.
const inlineHolds = 4

// hold is one lock held.
type hold struct {
	key uint64  // the lock's identity with the flags reading and unbound; 0 in the slot below the first hold
	pc  uintptr // return address of the acquiring call
	sum uint64  // of the keys from the first hold up to this one: the name of the held set
}

const holdSize = unsafe.Sizeof(hold{})

// holdStack is the locks that a goroutine holds, the innermost on top. The slot below the first hold
// is always empty, so that there is a top even when nothing is held.
//
// top and end are addresses kept as integers, which spares the write barrier. What they point into is
// the record itself, which is never freed, or what more refers to.
type holdStack struct {
	top  uintptr // *hold
	end  uintptr // the last slot, or 0 to send the next acquisition the slow way
	more *[]hold // takes the place of held when that is too small; never changed, only replaced
	held [1 + inlineHolds]hold
}

// clear makes the stack an empty one.
//
//go:norace
func (s *holdStack) clear() {
	s.top = uintptr(unsafe.Pointer(&s.slots()[0]))
	s.open()
}

// open lets acquisitions take the fast path as far as there is room.
//
//go:norace
func (s *holdStack) open() {
	slots := s.slots()
	s.end = uintptr(unsafe.Pointer(&slots[len(slots)-1]))
}

//go:norace
func (s *holdStack) slots() []hold {
	if s.more != nil {
		return *s.more
	}
	return s.held[:]
}

//go:norace
func (s *holdStack) innermost() *hold { return *(**hold)(unsafe.Pointer(&s.top)) }

// Idle tells whether the goroutine holds no lock, so that nothing can be out of order. It may say
// no of one that once held very many.
//
//go:norace
func (s *holdStack) Idle() bool { return s.top == uintptr(unsafe.Pointer(&s.held[0])) }

// Ready tells whether a lock whose order cache is seen may be acquired and then pushed, with
// nothing to look up before: there is room, and the goroutine holds nothing or the cache says that the
// order is known.
//
//go:norace
func (r *Record) Ready(seen uint64) bool {
	h := r.innermost()
	if uintptr(unsafe.Pointer(h)) >= r.end {
		return false
	}
	if h.key == 0 {
		return true
	}
	sum := h.sum + phaseSalt
	return sum == seen || sum^r.salt == seen
}

// Known is Ready for a lock that stands in other goroutines' way even when it is acquired by one that holds
// nothing: a writer keeps out new readers.
//
//go:norace
func (r *Record) Known(seen uint64) bool {
	h := r.innermost()
	sum := h.sum + phaseSalt
	return uintptr(unsafe.Pointer(h)) < r.end && (sum == seen || sum^r.salt == seen)
}

// PushFirst is Push for a goroutine that is Idle.
//
//go:norace
func (s *holdStack) PushFirst(key uint64, pc uintptr) {
	h := &s.held[1]
	h.key, h.pc, h.sum = key, pc, key
	s.top = uintptr(unsafe.Pointer(h))
}

// Push notes an acquisition. The record must have been Ready, or have room.
//
//go:norace
func (r *Record) Push(key uint64, pc uintptr) {
	below := r.innermost()
	h := (*hold)(unsafe.Add(unsafe.Pointer(below), holdSize))
	h.key = key
	h.pc = pc
	h.sum = below.sum + key
	r.top = uintptr(unsafe.Pointer(h))
}

// Innermost tells whether the lock acquired last has this key.
//
//go:norace
func (s *holdStack) Innermost(key uint64) bool { return s.innermost().key == key }

// Pop forgets the lock acquired last.
//
//go:norace
func (s *holdStack) Pop() { s.top -= holdSize }

// n returns how many locks are held. Read of a goroutine that is not blocked it may be any number for
// which there are slots.
//
//go:norace
func (s *holdStack) n() uint32 {
	slots := s.slots()
	n := (atomic.LoadUintptr(&s.top) - uintptr(unsafe.Pointer(&slots[0]))) / holdSize
	if n >= uintptr(len(slots)) {
		return 0 // another stack's top: it has grown between the two loads
	}
	return uint32(n)
}

// at returns the i-th hold, 0 being the outermost.
//
//go:norace
func (s *holdStack) at(i uint32) *hold {
	slots := s.slots()
	return &slots[min(int(i)+1, len(slots)-1)]
}

// sum names the held set: the sum of its keys, whatever their order; 0 is the empty one.
//
//go:norace
func (r *Record) sum() uint64 { return r.innermost().sum }

// push is Push with room for any number of holds.
//
//go:norace
func (r *Record) push(key uint64, pc uintptr) {
	if r.top >= r.end {
		r.grow()
	}
	r.Push(key, pc)
}

// grow makes room for a hold. It excludes a delivery, which closes the fast path by the same word.
//
//go:norace
func (r *Record) grow() {
	old, n := r.slots(), r.n()
	if int(n)+1 < len(old) {
		return
	}
	grown := make([]hold, 4*len(old))
	for i := range old {
		grown[i] = old[i]
	}
	eng.mu.Lock()
	r.more = &grown
	atomic.StoreUintptr(&r.top, uintptr(unsafe.Pointer(&grown[n])))
	if r.end != 0 {
		r.end = uintptr(unsafe.Pointer(&grown[len(grown)-1]))
	}
	eng.mu.Unlock()
}

// index returns the place of the last hold with the key, flags aside, or -1.
//
//go:norace
func (s *holdStack) index(key uint64) int {
	for i := int(s.n()) - 1; i >= 0; i-- {
		if s.at(uint32(i)).key&^unbound == key {
			return i
		}
	}
	return -1
}

// remove takes out the i-th hold, wherever it stands: locks need not be released in the
// reverse order of their acquisition.
//
//go:norace
func (r *Record) remove(i int) {
	if wholeStacks && r.mind != nil {
		r.mind.shift(i)
	}
	n := r.n()
	gone := r.at(uint32(i)).key &^ unbound
	for j := uint32(i); j+1 < n; j++ {
		h := r.at(j)
		*h = *r.at(j + 1)
		h.sum -= gone
	}
	r.top -= holdSize
}

// holds tells whether the lock with this identity is held, and how.
//
//go:norace
func (s *holdStack) holds(id uint64, m rule.Mode) bool {
	if m == rule.Read {
		return s.index(id^readTwist) >= 0
	}
	return s.index(id) >= 0
}
