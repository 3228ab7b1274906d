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
//
// # What is found
//
// A deadlock is found when its last goroutine blocks, without a time-out. It may go through locks of this
// package, [Once] included, and through whatever else reports its waits: conditions, buffers, bankers and tasks of packages
// cond, bbuf, banker and pi.
//
// An order of locks that could deadlock is found although nothing hangs, from any number of goroutines and locks,
// wherever and whenever they took them; so are reading twice in one goroutine, which deadlocks once a writer asks
// in between, a declared order that is broken, and a lock that a finished goroutine has left locked. The tiers of package
// lockorder say how certain each is. A lock stands for itself: an order of two locks says nothing of two others made by the
// same lines, unless [SetClass] has put them into classes, or the command lockorder, which knows locks by what the source calls
// them, runs the program. What keeps two goroutines apart besides locks, such as a channel or a value, is not seen.
//
// # What it costs
//
// Lock and Unlock take about twice what sync's take, and do not allocate, while the orders are known. The first time a
// goroutine takes an order costs about a microsecond and some memory, which INTERLOCK=max_orders=N bounds; so a program that
// nests a lock made for each item under one that stays pays that for each item. A Mutex takes 32 bytes, a Once 40 and an RWMutex 64.
// The folder bench has the figures, with their limits.
//
// That holds on amd64 and arm64. Elsewhere, and with the build tag interlock_portable, goroutines are told apart by
// [runtime.Stack], which gives the same answers and takes microseconds for each call.
package mutex
