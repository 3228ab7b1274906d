package engine

import (
	"sync/atomic"
	"unsafe"

	"github.com/interlock-go/interlock/internal/rule"
)

// Waiting is what a goroutine asks for, and what it then waits for.
type Waiting uint32

const (
	NotWaiting Waiting = iota
	ForMutex           // Mutex.Lock
	ForWrite           // RWMutex.Lock
	ForRead            // RWMutex.RLock
	ForOnce            // Once.Do while another goroutine runs the function
)

//go:norace
func (w Waiting) mode() rule.Mode {
	if w == ForRead {
		return rule.Read
	}
	return rule.Write
}

// typeName is the name of the lock's type in reports. It is not known of a lock that was only met held.
//
//go:norace
func (w Waiting) typeName() string {
	if w >= firstKind {
		return kindNames[w-firstKind]
	}
	switch w {
	case ForMutex:
		return "Mutex"
	case ForOnce:
		return "Once"
	case ForWrite, ForRead:
		return "RWMutex"
	}
	return "lock"
}

// lockType is what a lock's identity says of its type: the kind of a call that locks it
// for writing. 0 is none.
//
//go:norace
func (w Waiting) lockType() uint64 {
	switch w {
	case ForRead:
		return uint64(ForWrite)
	case ForMutex, ForWrite, ForOnce:
		return uint64(w)
	}
	return 0
}

// typeOf is the kind of call that the identity tells.
//
//go:norace
func typeOf(id uint64) Waiting { return Waiting(id >> typeAt) }

// Request is one call that may block.
type Request struct {
	Core *Core
	Seen *atomic.Uint64 // the order cache for this mode
	For  Waiting
	PC   uintptr // return address of the call

	Reader *Hint // ForRead: where to leave the reader's record
}

// Hint is a word that leads back to the record of whoever was last here. Like Core's
// owner it may be stale; what it leads to says so.
type Hint struct{ word uintptr }

// Record returns the record, or nil.
//
//go:norace
func (h *Hint) Record() *Record { return *(**Record)(unsafe.Pointer(&h.word)) }

//go:norace
func (h *Hint) set(r *Record) {
	if h.Record() != r {
		h.word = uintptr(unsafe.Pointer(r))
	}
}

// ReadSide is the order cache of an RWMutex's readers.
type ReadSide struct{ seen atomic.Uint64 }

// Seen returns the cache.
//
//go:norace
func (s *ReadSide) Seen() *atomic.Uint64 { return &s.seen }

// key is the key of the hold that the request would become.
//
//go:norace
func (q *Request) key() uint64 {
	if q.For == ForRead {
		return q.Core.ReadKey()
	}
	return q.Core.Key()
}

// Kinds of waits beyond those for locks are given out at start.
const firstKind Waiting = 16

var (
	kindNames [16]string
	kindCount Waiting
)

// NewKind returns a kind of wait for a condition. The name stands for the type in reports:
// "Cond", "Buffer (full)". It is called from the initialization of a primitive's package.
//
//go:norace
func NewKind(typeName string) Waiting {
	kindNames[kindCount] = typeName
	kindCount++
	return firstKind + kindCount - 1
}
