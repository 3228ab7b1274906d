package rt

import "unsafe"

// The kernel releases the locks of a thread that ends from a list in the thread's memory, the robust list
// (Linux, Documentation/locking/robust-futex-ABI.rst). It reads these structures by address. They lie
// where the collector keeps them: Go's heap does not move, a Mutex that enters a list has escaped to it, and
// the list's pointers keep its members alive.

// link is a member of a robust list. The kernel knows it by the address of next.
type link struct {
	prev *link
	next unsafe.Pointer // *link.next of the next member, plus piFlag; of the anchor, plain
}

// robustHead is the kernel's struct robust_list_head, which begins at list.next, and our way back before it.
// Its list is a ring through list.
type robustHead struct {
	list    link
	offset  uintptr // from a member's next to its futex word
	pending uintptr // the member whose word or place is about to change
}

// piFlag in a member's address says that its word is a priority-inheriting one.
const piFlag = 1

const futexOffset = unsafe.Offsetof(Mutex{}.word) - unsafe.Offsetof(Mutex{}.link) - unsafe.Offsetof(link{}.next)

func (h *robustHead) init() {
	h.list.prev = &h.list
	h.list.next = unsafe.Pointer(&h.list.next)
	h.offset = futexOffset
}

// member returns the link whose next p is the address of, with or without piFlag.
func member(p unsafe.Pointer) *link {
	return (*link)(unsafe.Pointer(uintptr(p)&^piFlag - unsafe.Offsetof(link{}.next)))
}

// entry is m's address as it stands in a list.
func (m *Mutex) entry() unsafe.Pointer { return unsafe.Add(unsafe.Pointer(&m.link.next), piFlag) }

// begin names m as the one about to change. A thread that ended between the change of a word and
// that of its list would leave a lock that nobody releases; the kernel looks at pending, too.
func (h *robustHead) begin(m *Mutex) { h.pending = uintptr(m.entry()) }

func (h *robustHead) done() { h.pending = 0 }

// add puts m first, complete before it can be reached.
func (h *robustHead) add(m *Mutex) {
	first := h.list.next
	m.link.prev, m.link.next = &h.list, first
	member(first).prev = &m.link
	h.list.next = m.entry()
}

// remove takes m out of the list that it is in.
func (m *Mutex) remove() {
	prev, next := m.link.prev, m.link.next
	member(next).prev = prev
	prev.next = next
	m.link.prev, m.link.next = nil, nil // an unlocked Mutex keeps nothing alive
}

// copied tells whether m, which is locked, is not the Mutex that was locked.
func (m *Mutex) copied() bool { return m.link.prev == nil || m.link.prev.next != m.entry() }

// members returns what is in the list.
func (h *robustHead) members() []*Mutex {
	var all []*Mutex
	for l := member(h.list.next); l != &h.list; l = member(l.next) {
		all = append(all, (*Mutex)(unsafe.Add(unsafe.Pointer(l), -int(unsafe.Offsetof(Mutex{}.link)))))
	}
	return all
}
