// Package lockshim has every name of the standard package sync, with the locks
// of interlock in the place of sync's.
//
// It exists for `lockorder test`, which makes a module's own files import it
// under the name sync and leaves the rest of each file as it is. Selectors,
// embedded fields and composite literals stay valid because the names are the
// same; a value that implements sync.Locker, or that is a sync.WaitGroup, stays
// one because those names are aliases.
//
// Code written by hand imports package mutex instead: it says what is meant.
package lockshim

import (
	"sync"

	"github.com/interlock-go/interlock/mutex"
)

// The locks that interlock watches.
type (
	Mutex   = mutex.Mutex   // sync.Mutex
	RWMutex = mutex.RWMutex // sync.RWMutex
	Once    = mutex.Once    // sync.Once
)

// The rest of sync, as it is.
type (
	Cond      = sync.Cond      // sync.Cond
	Locker    = sync.Locker    // sync.Locker
	Map       = sync.Map       // sync.Map
	Pool      = sync.Pool      // sync.Pool
	WaitGroup = sync.WaitGroup // sync.WaitGroup
)

// NewCond is sync.NewCond. Its Wait unlocks and locks l, which is seen when l
// is one of the locks above.
func NewCond(l Locker) *Cond { return sync.NewCond(l) }

// OnceFunc is mutex.OnceFunc.
func OnceFunc(f func()) func() { return mutex.OnceFunc(f) }

// OnceValue is mutex.OnceValue.
func OnceValue[T any](f func() T) func() T { return mutex.OnceValue(f) }

// OnceValues is mutex.OnceValues.
func OnceValues[T1, T2 any](f func() (T1, T2)) func() (T1, T2) { return mutex.OnceValues(f) }
