package engine

import (
	"runtime"
	"sync/atomic"
	"unsafe"

	"github.com/interlock-go/interlock/internal/quiet"
)

// Waiter is one wait for a [Condition]. It belongs to the goroutine that waits, and may be
// used again for its next wait, or by the next goroutine that the client's pool gives it to.
//
// The record of a blocked goroutine refers to it by an address that the collector does
// not see, so it lies on the heap, and is alive because its goroutine holds it until Unblock.
//
// A wake-up must end the wait for the detector too, before the waker goes on, or the waker
// would be seen waiting for one that in truth runs. That is what over is for: it
// is set by the waker, and read wherever the wait is, whether it has been published yet or not.
type Waiter struct {
	cond *Condition
	r    *Record
	//house:allow kept, not used: the record has it as a number only
	wake chan<- struct{}
	pc   uintptr
	kind Waiting
	over atomic.Uint32
}

// Prepare makes w ready for a wait of the running goroutine for c, called from pc (a return
// address; callsite.Outside finds it). It comes before w is where a waker finds it.
//
//go:norace
func (w *Waiter) Prepare(c *Condition, kind Waiting, pc uintptr) {
	quiet.Begin()
	w.cond, w.kind, w.pc, w.r = c, kind, pc, Enter()
	w.over.Store(0)
	quiet.End()
}

// Woken says that the wait is over. The waker calls it when it takes w off its queue, before
// anybody else can, and before it lets w's goroutine go. If the running goroutine is not a
// registered waker although there are some, then they are not all, and nothing is certain of
// the condition any more.
//
//go:norace
func (w *Waiter) Woken() {
	quiet.Begin()
	if s := w.cond.certain(); s != nil && !s.has(Running()) {
		w.cond.Doubt()
	}
	w.over.Store(1)
	quiet.End()
}

// Block publishes the wait and tells the ring that it closes, if it does.
//
//go:norace
func (w *Waiter) Block() {
	quiet.Begin()
	f := w.block()
	quiet.End()
	for f != nil {
		quiet.Begin()
		w.r.Unblock() // who is told may block too
		quiet.End()
		Emit(Tell(f))
		quiet.Begin()
		f = w.block() // finds what has closed in the meantime; what was told is known
		quiet.End()
	}
}

// BlockRefusable is Block for a call that would rather fail than wait for ever. It returns
// why it must fail at once, or nil; when wake receives later, Refusal says whether that is why.
//
//go:norace
func (w *Waiter) BlockRefusable(wake chan<- struct{}) *Finding { //house:allow a parameter, not an operation
	quiet.Begin()
	w.wake = wake
	w.r.refusable(wake)
	f := w.block()
	quiet.End()
	return f
}

// Unblock takes back what Block published.
//
//go:norace
func (w *Waiter) Unblock() {
	quiet.Begin()
	w.r.Unblock()
	runtime.KeepAlive(w) // the record refers to it until here
	quiet.End()
}

// UnblockRefusable is Unblock after BlockRefusable; it returns why the call was refused, if it was.
//
//go:norace
func (w *Waiter) UnblockRefusable() *Finding {
	quiet.Begin()
	f := w.r.UnblockRefusable()
	w.wake = nil
	quiet.End()
	return f
}

// Refusal returns why the blocked call must give up, or nil.
//
//go:norace
func (w *Waiter) Refusal() *Finding {
	quiet.Begin()
	f := w.r.Refusal()
	quiet.End()
	return f
}

// block publishes and looks.
//
//go:norace
func (w *Waiter) block() *Finding {
	s := w.cond.certain()
	w.r.post(w.kind, w.pc, w.word(), s != nil)
	if s == nil || s.awake() {
		return nil
	}
	return w.r.ring()
}

// signal marks the word of a wait for a condition, whose address is even.
const signal = 1

//go:norace
func (w *Waiter) word() uintptr {
	if anchor != nil {
		anchor = w
	}
	return uintptr(unsafe.Pointer(w)) | signal
}

// anchor stays nil: the assignment in word, which never happens, keeps the compiler from
// putting a Waiter on a stack, which may move without the record hearing of it.
var anchor *Waiter

// waitsOn returns r's wait for a condition, or nil if it waits for something else or for nothing.
//
//go:norace
func (r *Record) waitsOn() *Waiter {
	p := atomic.LoadPointer((*unsafe.Pointer)(unsafe.Pointer(&r.wait)))
	if uintptr(p)&signal == 0 {
		return nil
	}
	w := (*Waiter)(unsafe.Add(p, -signal))
	if w.over.Load() != 0 {
		return nil
	}
	return w
}

// Served is Woken for a waiter that is let go by somebody who passes on what another one did:
// that says nothing about who can act. The one who did act calls Acted.
//
//go:norace
func (w *Waiter) Served() {
	quiet.Begin()
	w.over.Store(1)
	quiet.End()
}

// Resumed takes Served back: what w was given has been taken away before it ran, by a goroutine that runs
// and that SetWakers has been told of.
//
//go:norace
func (w *Waiter) Resumed() {
	quiet.Begin()
	w.over.Store(0)
	quiet.End()
}
