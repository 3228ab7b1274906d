package engine

import "github.com/interlock-go/interlock/internal/callsite"

// wholeStacks asks for the stack of every acquisition, not only for its site.
var wholeStacks bool

// SetStacks asks for the whole stack of every acquisition. That takes the slow way for
// every lock and unlock, some hundred nanoseconds, and is meant for audits. It is
// called at start.
//
//go:norace
func SetStacks(on bool) {
	wholeStacks = on
	if on {
		CloseFastPath()
	}
}

// remember keeps the stack of r's latest acquisition. Stacks stand beside the holds, by position.
//
//go:norace
func (r *Record) remember(pc uintptr) {
	m := r.thinks()
	at := int(r.held.Len()) - 1
	if at >= len(m.stacks) {
		grown := make([]uint32, 2*at+8)
		for i, s := range m.stacks {
			grown[i] = s
		}
		m.stacks = grown
	}
	stack := callsite.Stack(pc)
	eng.mu.Lock()
	m.stacks[at] = eng.stacks.Intern(stack)
	eng.mu.Unlock()
}

// shift keeps stacks beside their holds when the i-th hold goes.
//
//go:norace
func (m *mind) shift(i int) {
	for ; i+1 < len(m.stacks); i++ {
		m.stacks[i] = m.stacks[i+1]
	}
}

// stackOf returns the stack of r's i-th acquisition as far as it is known, at least its site. The caller
// holds the engine's lock.
//
//go:norace
func (e *engine) stackOf(r *Record, i uint32) []uintptr {
	if wholeStacks && r.mind != nil && int(i) < len(r.mind.stacks) && r.mind.stacks[i] != 0 {
		return e.stacks.Get(r.mind.stacks[i])
	}
	return one(r.held.At(i).PC)
}
