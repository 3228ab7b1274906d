//go:build !interlock_off

package mutex

import (
	"sync"
	"sync/atomic"

	"github.com/interlock-go/interlock/internal/callsite"
	"github.com/interlock-go/interlock/internal/engine"
)

// Once performs exactly one action, as a [sync.Once] does. While the action runs, the
// Once is a lock that its goroutine holds: an action that needs the Once itself, or a
// lock whose holder waits for the Once, is reported. It must not be copied after first use.
//
// In the terminology of the Go memory model, the return from f synchronizes before the
// return from any call of once.Do(f).
type Once struct {
	done atomic.Uint32
	mu   sync.Mutex
	core engine.Core
}

// Do calls f if and only if Do is called for the first time on this Once. No call returns
// before the one call of f has; if f panics, Do considers it to have returned. If f
// calls Do on the same Once, that deadlocks, and is reported.
func (o *Once) Do(f func()) {
	if o.done.Load() == 0 {
		o.doSlow(f)
	}
}

//go:noinline
func (o *Once) doSlow(f func()) {
	o.lock()
	defer o.unlock()
	if o.done.Load() == 0 {
		defer o.done.Store(1)
		f()
	}
}

//go:norace
func (o *Once) lock() { acquire(o.request(callsite.Outside()), &o.mu) }

//go:norace
func (o *Once) unlock() {
	released(o.request(0))
	o.mu.Unlock()
}

//go:norace
func (o *Once) request(pc uintptr) *engine.Request {
	return &engine.Request{Core: &o.core, Seen: o.core.Seen(), For: engine.ForOnce, PC: pc}
}

// OnceFunc returns a function that invokes f only once, as [sync.OnceFunc] does: it may be called
// concurrently, and if f panics every call panics with the same value.
func OnceFunc(f func()) func() {
	once := OnceValue(func() struct{} { f(); return struct{}{} })
	return func() { once() }
}

// OnceValue returns a function that invokes f only once and returns its value, as [sync.OnceValue] does.
func OnceValue[T any](f func() T) func() T {
	once := OnceValues(func() (T, struct{}) { return f(), struct{}{} })
	return func() T { v, _ := once(); return v }
}

// OnceValues returns a function that invokes f only once and returns its values, as [sync.OnceValues] does.
func OnceValues[T1, T2 any](f func() (T1, T2)) func() (T1, T2) {
	var (
		once  Once
		valid bool
		p     any
		r1    T1
		r2    T2
	)
	run := func() {
		defer func() {
			if p = recover(); !valid {
				panic(p) // here, so that the first panic keeps its stack
			}
		}()
		r1, r2 = f()
		f = nil // what it captured may be collected
		valid = true
	}
	return func() (T1, T2) {
		once.Do(run)
		if !valid {
			panic(p)
		}
		return r1, r2
	}
}
