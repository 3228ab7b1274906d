// Package engine is the detector: it knows what every goroutine holds and waits for,
// records the orders in which locks are taken, and says what is wrong with them.
//
// A lock brings a Core and calls, around its own operations,
//
//	Enter     which record is mine
//	Before    I am about to ask for a lock: is the order right (order.go)
//	Block     I have to wait: does that close a ring (wait.go)
//	Acquired, Released, Push, Pop: what I hold (record.go, release.go)
//
// Findings come back as News, which the lock hands to Emit when nothing internal is held.
//
// # Locking
//
// The fast paths take no lock and write nothing but the goroutine's own record and the
// lock's own Core. Everything recorded lies behind one mutex, engine.mu. registry.mu
// is taken when a goroutine is first seen, never together with engine.mu the other way
// round: order engine.mu, registry.mu.
//
// # The race detector
//
// All of this happens on the program's goroutines. If its synchronization were visible,
// the race detector would take unrelated critical sections for ordered and miss races.
// So callers wrap it in quiet sections, and every function here is marked go:norace.
package engine

import (
	"sync"

	"github.com/interlock-go/interlock/internal/callsite"
	"github.com/interlock-go/interlock/internal/discipline"
	"github.com/interlock-go/interlock/internal/fingerprint"
	"github.com/interlock-go/interlock/internal/heldset"
	"github.com/interlock-go/interlock/internal/rule"
	"github.com/interlock-go/interlock/internal/stackdepot"
)

// engine is everything that is recorded.
type engine struct {
	mu        sync.Mutex //house:allow the lock of a quiet section
	base      rule.Base
	deps      []depInfo // by rule.DepID
	locks     lockTable
	stacks    stackdepot.Depot
	found     fingerprint.Counts
	classes   discipline.Classes
	phases    phaseTable
	ageing    ageing
	listening listening
	left      heldset.Abandoned
	rings     uint32      // described so far, refused ones included
	scratch   []rule.Hold // of describe
	sites     []uintptr
	at        []uint32
	calls     [callsite.StackDepth]uintptr // of note
	places    discipline.Sites
	result    rule.Result
	counters  Counters
}

var eng engine
