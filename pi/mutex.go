package pi

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/interlock-go/interlock/internal/inherit"
)

// Mutex is a mutual exclusion lock for tasks. Its owner runs at least at the
// effective priority of everybody who waits for it. The zero value is an unlocked one with
// inheritance; see [NewCeiling] for the other protocol. It must not be copied after first use.
//
// It belongs to the executor whose task first locks it; a task of another executor panics. It is
// not recursive: a task that locks it again would wait for itself, which is refused like any cycle. It is unlocked by the task that locked it, in any order among several.
//
// In the terminology of the Go memory model, the n'th call to Unlock synchronizes before the
// m'th call to Lock for any n < m; a successful TryLock or LockContext counts as a Lock.
type Mutex struct {
	word word
	home atomic.Pointer[Executor] // set once, with the executor's lock held

	capped  bool
	ceiling Priority
	reach   Priority // the owner's: the maximum of the ceilings from here outwards
	outer   *Mutex   // the owner's: the next mutex with a ceiling that it holds

	// Guarded by the executor's lock.
	lock   inherit.Lock
	number uint64
	name   string
	watch  watch // what the detector knows of it
}

// The word of a mutex is in one of these states:
//
//	word            owner                       who changes it
//	0               nobody, ever                who binds it to an executor, with that one's lock
//	e.free          nobody                      any task of e, by compare-and-swap
//	key             the task with the key       its owner to e.free, a waiter to key|contended, both by CAS
//	key|contended   the same; the engine        whoever has the executor's lock
//	                knows the lock
//	a dead key      nobody; its owner ended     whoever has the executor's lock
//
// A task that takes the fast path is in none of the engine's lists. It need not be: it inherits nothing
// before somebody waits, and who is about to wait enters it there first.

// word is an atomic.Uint64 that the three paths which the compiler must inline reach into: through
// its methods they would cost more than it inlines.
type word struct {
	_ [0]atomic.Uint64 // aligns v on machines of 32 bits
	v uint64
}

func (w *word) Load() uint64                      { return atomic.LoadUint64(&w.v) }
func (w *word) Store(v uint64)                    { atomic.StoreUint64(&w.v, v) }
func (w *word) CompareAndSwap(was, v uint64) bool { return atomic.CompareAndSwapUint64(&w.v, was, v) }

// Lock locks m for t. If m is in use, t leaves its slot and waits until m is handed to it.
//
// What LockContext returns as an error, Lock panics with: it would close a cycle, t's base is above the
// ceiling, or the owner has exited (the panic comes with m locked).
func (m *Mutex) Lock(t *Task) {
	if t != nil && !m.capped && atomic.CompareAndSwapUint64(&m.word.v, t.free, t.mine) {
		return
	}
	m.lockSlow(t)
}

// noWayOut is the context of a call that cannot give up.
var noWayOut context.Context

func (m *Mutex) lockSlow(t *Task) {
	if t != nil && m.capped && t.Base() <= m.ceiling && m.word.CompareAndSwap(t.free, t.mine) { // lockCapped, inlined by hand
		if t.ceilings != m || m.outer != nil {
			m.push(t)
		}
		return
	}
	if err := m.acquire(noWayOut, t); err != nil {
		panic(err)
	}
}

// LockContext is Lock that gives up. The error is
//
//   - nil: m is locked.
//   - [ErrOwnerExited]: m is locked, too. Its last owner ended without unlocking it.
//   - ctx's cause: ctx was done before m was handed to t. What others inherited from t
//     here is gone. A ctx that is done on entry locks nothing.
//   - a [*DeadlockError]: to wait would have closed a cycle of this executor's tasks.
//   - a *lockorder.DeadlockError: it would have closed a ring that goes through locks of
//     package mutex, or another goroutine closed one while t waited.
//   - a [*CeilingError]: t's base priority is above m's ceiling.
//
// An error other than ErrOwnerExited means that m is not locked by the call. It panics if ctx is nil.
func (m *Mutex) LockContext(ctx context.Context, t *Task) error {
	if ctx == nil {
		panic("pi: LockContext: nil context")
	}
	if t == nil {
		panic("pi: LockContext with a nil Task")
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if !m.capped && m.word.CompareAndSwap(t.free, t.mine) || m.lockCapped(t) {
		return nil
	}
	return m.acquire(ctx, t)
}

// TryLock locks m for t if it is free, and reports whether it was. A lock whose owner has
// exited is not free. It panics with a [*CeilingError] if t's base is above the ceiling.
func (m *Mutex) TryLock(t *Task) bool {
	return t != nil && !m.capped && atomic.CompareAndSwapUint64(&m.word.v, t.free, t.mine) || m.tryLockSlow(t)
}

// Unlock unlocks m. If tasks wait, m is handed to the first of them, and t goes on with what
// it still inherits; if that is no longer enough for its slot, t returns from Unlock
// when it has one again. Unlock panics if t does not own m.
func (m *Mutex) Unlock(t *Task) {
	if t != nil && !m.capped && atomic.CompareAndSwapUint64(&m.word.v, t.mine, t.free) {
		return
	}
	m.unlockSlow(t)
}

// Locker returns m as it is for t, for code that takes a sync.Locker.
func (m *Mutex) Locker(t *Task) sync.Locker { return locker{m, t} }

type locker struct {
	m *Mutex
	t *Task
}

func (l locker) Lock()   { l.m.Lock(l.t) }
func (l locker) Unlock() { l.m.Unlock(l.t) }

// SetName gives m a name for events, snapshots and errors. It is called before m is used.
func (m *Mutex) SetName(name string) { m.name = name }

func (m *Mutex) ref() LockRef { return LockRef{m.number, m.name} }

// label is the name, or the number.
func (m *Mutex) label() string {
	if m.name != "" {
		return m.name
	}
	return "Mutex #" + strconv.FormatUint(m.number, 10)
}
