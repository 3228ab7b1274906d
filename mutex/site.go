//go:build !interlock_off

package mutex

import (
	"unsafe"

	"github.com/interlock-go/interlock/internal/callsite"
	"github.com/interlock-go/interlock/internal/engine"
	"github.com/interlock-go/interlock/internal/goroutine"
)

// The site of an acquisition is the return address of the call, and callsite.Outside takes ten times as
// long to find it as the lock takes to be locked. So each function reads it off its own frame,
// at a distance from a local variable that is measured at start. If one cannot be measured, the
// fast paths stay closed and callsite.Outside is asked.

// call is a function whose callers' addresses are wanted.
type call int

const (
	lockCall call = iota
	tryLockCall
	rwLockCall
	rwTryLockCall
	rLockCall
	tryRLockCall
	calls
)

// sites holds the distances from each function's local variable "here" to its return address.
var sites [calls]uintptr

// measured tells that sites is complete.
var measured bool

// measuring tells that the distances are being measured, on the main goroutine at start.
var measuring bool

// places is where the return address of the call under measurement lies.
var places []uintptr

// site returns the return address of the function whose local variable at is. It is called by the
// function itself or by one that the function calls.
//
//go:norace
func site(at unsafe.Pointer, c call) uintptr {
	if measured {
		return *(*uintptr)(unsafe.Add(at, sites[c]))
	}
	pc := callsite.Outside()
	if measuring {
		places = callsite.Places(at, pc)
	}
	return pc
}

func init() {
	if !goroutine.Direct {
		return
	}
	measuring = true
	measured = callsite.Distance((*Mutex).Lock, (*Mutex).Unlock, &places, &sites[lockCall]) &&
		callsite.DistanceOfTry((*Mutex).TryLock, (*Mutex).Unlock, &places, &sites[tryLockCall]) &&
		callsite.Distance((*RWMutex).Lock, (*RWMutex).Unlock, &places, &sites[rwLockCall]) &&
		callsite.DistanceOfTry((*RWMutex).TryLock, (*RWMutex).Unlock, &places, &sites[rwTryLockCall]) &&
		callsite.Distance((*RWMutex).RLock, (*RWMutex).RUnlock, &places, &sites[rLockCall]) &&
		callsite.DistanceOfTry((*RWMutex).TryRLock, (*RWMutex).RUnlock, &places, &sites[tryRLockCall])
	measuring = false
	if !measured {
		engine.CloseFastPath()
	}
}
