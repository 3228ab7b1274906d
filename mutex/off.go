//go:build interlock_off

package mutex

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/interlock-go/interlock/lockorder"
)

// With the build tag interlock_off the types are sync's own.
type (
	Mutex   = sync.Mutex   // sync.Mutex
	RWMutex = sync.RWMutex // sync.RWMutex
	Once    = sync.Once    // sync.Once
)

// OnceFunc is sync.OnceFunc.
func OnceFunc(f func()) func() { return sync.OnceFunc(f) }

// OnceValue is sync.OnceValue.
func OnceValue[T any](f func() T) func() T { return sync.OnceValue(f) }

// OnceValues is sync.OnceValues.
func OnceValues[T1, T2 any](f func() (T1, T2)) func() (T1, T2) { return sync.OnceValues(f) }

// Lock is what the functions of this package take: a *Mutex or a *RWMutex.
type Lock interface{ *Mutex | *RWMutex }

// LockContext locks l, or returns ctx's cause when ctx is done first. Without the
// detector nothing is refused, and sync's locks cannot be waited for with a way out, so it polls.
func LockContext[L Lock](ctx context.Context, l L) error {
	return poll(ctx, any(l).(interface{ TryLock() bool }).TryLock)
}

// RLockContext is LockContext for reading.
func RLockContext(ctx context.Context, rw *RWMutex) error { return poll(ctx, rw.TryRLock) }

const (
	firstPause = 10 * time.Microsecond
	lastPause  = time.Millisecond
)

func poll(ctx context.Context, try func() bool) error {
	if ctx == nil {
		panic("mutex: LockContext: nil context")
	}
	for pause := firstPause; ctx.Err() == nil; pause = min(2*pause, lastPause) {
		if try() {
			return nil
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
	return context.Cause(ctx)
}

// LockAll locks all the given locks in the order of their addresses, or none.
func LockAll(ctx context.Context, locks ...sync.Locker) (unlock func(), err error) {
	sorted := slices.Clone(locks)
	slices.SortFunc(sorted, func(a, b sync.Locker) int { return cmp.Compare(address(a), address(b)) })
	for i := 1; i < len(sorted); i++ {
		if address(sorted[i]) == address(sorted[i-1]) {
			panic("mutex: LockAll: the same lock twice")
		}
	}
	locked := 0
	unlock = func() {
		for ; locked > 0; locked-- {
			sorted[locked-1].Unlock()
		}
	}
	for _, l := range sorted {
		if err := lockOne(ctx, l); err != nil {
			unlock()
			return nil, err
		}
		locked++
	}
	return unlock, nil
}

// address returns where a lock lies. An RWMutex and its RLocker lie in one place.
func address(l sync.Locker) uintptr {
	v := reflect.ValueOf(l)
	if l == nil || v.Kind() != reflect.Pointer || v.IsNil() {
		panic(fmt.Sprintf("mutex: LockAll: cannot lock a %T", l))
	}
	return v.Pointer()
}

// lockOne waits with ctx where sync offers a way to try.
func lockOne(ctx context.Context, l sync.Locker) error {
	if t, ok := l.(interface{ TryLock() bool }); ok {
		return poll(ctx, t.TryLock)
	}
	l.Lock()
	return nil
}

// AssertHeld does nothing without the detector.
func AssertHeld[L Lock](L) {}

// AssertRHeld does nothing without the detector.
func AssertRHeld(*RWMutex) {}

// SetClass does nothing without the detector.
func SetClass[L Lock](L, *lockorder.Class) {}
