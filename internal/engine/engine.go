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
	binding   binding
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
