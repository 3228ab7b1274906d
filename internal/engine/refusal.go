package engine

import "unsafe"

// BlockRefusable is Block for a call that would rather fail than stand in a ring. When
// wake receives, Refusal says whether that is why.
//
// The record refers to wake by an address that the collector does not see, or a call that waits for
// ever would not be recognised as leaked. The caller keeps wake alive until UnblockRefusable returns.
//
//go:norace
func (r *Record) BlockRefusable(q *Request, wake chan<- struct{}) *Finding { //house:allow a parameter, not an operation
	r.refusable(wake)
	return r.Block(q)
}

// refusable says that the call about to block can be refused by way of wake. The channel is kept
// as a number: a reference from here, which is as good as a global, would keep the leak
// profile from seeing that nobody else can end the call. The blocked call refers to
// it, and clears the number before it lets go.
//
//go:norace
func (r *Record) refusable(wake chan<- struct{}) { //house:allow a parameter, not an operation
	m := r.thinks()
	waiting.mu.Lock()
	m.wake, m.refused = *(*uintptr)(unsafe.Pointer(&wake)), nil
	waiting.mu.Unlock()
}

// waker returns the channel that ends r's wait, or nil. The list's lock is held.
//
//go:norace
func (m *mind) waker() chan<- struct{} { //house:allow a result, not an operation
	return *(*chan<- struct{})(unsafe.Pointer(&m.wake)) //house:allow a conversion, not an operation
}

// UnblockRefusable is Unblock after BlockRefusable; it returns why the call was refused, if it was.
//
//go:norace
func (r *Record) UnblockRefusable() *Finding {
	waiting.mu.Lock()
	f := r.mind.refused
	r.mind.wake, r.mind.refused = 0, nil
	waiting.mu.Unlock()
	r.Unblock()
	return f
}

// Refusal returns why the blocked call must give up, or nil.
//
//go:norace
func (r *Record) Refusal() *Finding {
	waiting.mu.Lock()
	f := r.mind.refused
	waiting.mu.Unlock()
	return f
}

// refuse breaks the ring where somebody agreed to that beforehand: by LockContext, whose
// call then ends with the finding as its error. If that is self, the running goroutine, it learns by
// return; else another one is woken, refuse reports true, and self goes on to wait. The caller holds the
// list's lock.
//
//go:norace
func refuse(members []*Record, self *Record, f *Finding) bool {
	for _, m := range members {
		if m.mind == nil || m.mind.wake == 0 {
			continue
		}
		f.Refused = true
		for _, other := range members {
			other.state &^= inRing
		}
		if m == self {
			return false
		}
		m.mind.refused = f
		select { //house:allow sent without waiting, in a quiet section
		case m.mind.waker() <- struct{}{}: //house:allow sent without waiting, in a quiet section
		default: // woken already; it looks at refused before it waits again
		}
		return true
	}
	return false
}
