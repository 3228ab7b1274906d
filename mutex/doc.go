// Package mutex has drop-in replacements for [sync.Mutex], [sync.RWMutex] and [sync.Once]
// that know who owns them and in which order they are taken, and say when that
// deadlocks: at once when a ring of goroutines closes, and ahead of time when the
// orders seen allow one.
//
//	import "github.com/interlock-go/interlock/mutex"
//
//	var mu mutex.Mutex // instead of sync.Mutex
//
// Reports go to standard error; package lockorder says how to send them elsewhere, how
// to read them and how to declare what a run cannot show.
//
// What sync does not offer comes as functions, not methods: [LockContext],
// [RLockContext], [LockAll], [AssertHeld], [AssertRHeld], [SetClass]. So a program
// that uses them also compiles with the build tag interlock_off, under which Mutex, RWMutex and Once are
// aliases of sync's types and nothing is detected.
package mutex
