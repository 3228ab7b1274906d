package engine

import (
	"sync/atomic"
	"unsafe"

	"github.com/interlock-go/interlock/internal/goroutine"
)

// Enter returns the running goroutine's record and makes one if need be. Its caller is in a quiet section.
//
//go:norace
func Enter() *Record {
	if !goroutine.Direct {
		return enterPortable()
	}
	var here byte
	g := goroutine.G()
	id := goroutine.ID(g)
	r := records.find(uintptr(g))
	switch {
	case r == nil:
		r = records.add(g, id)
	case r.goid != id:
		r.takeOver(id)
	}
	if !slow && !r.stack.Holds(unsafe.Pointer(&here)) {
		r.stack = goroutine.StackOf(g)
	}
	return r
}

//go:norace
func enterPortable() *Record {
	id := goroutine.CurrentID()
	if r := records.find(uintptr(id)); r != nil {
		return r
	}
	return records.add(nil, id)
}

//go:norace
func (g *registry) add(gp unsafe.Pointer, id uint64) *Record {
	g.mu.Lock()
	defer g.mu.Unlock()
	r := g.cut()
	r.gp, r.stack = gp, goroutine.NoStack()
	r.begin(id)
	g.insert(r)
	return r
}

// begin makes r the record of goroutine id.
//
//go:norace
func (r *Record) begin(id uint64) {
	r.goid = id
	r.salt = scramble(id) | 1 // a bit that no sum of keys has
	r.held.Clear()
	r.first = tick.Load()
	r.state = 0
	if r.mind != nil {
		r.mind.known = [len(r.mind.known)]uint64{}
	}
}

// takeOver hands r to goroutine id, which runs on the g of one that has finished. What
// that one still held is put on record as left behind: its lock may yet be released
// by somebody else.
//
//go:norace
func (r *Record) takeOver(id uint64) {
	if r.held.Len() > 0 || r.delivered() {
		r.leaveBehind()
	}
	r.begin(id)
}

// slow closes the fast path of every record.
var slow bool

// CloseFastPath sends every acquisition the slow way. It is called at start, before there are goroutines to speak of.
//
//go:norace
func CloseFastPath() {
	slow = true
	for i, r := records.next(0); r != nil; i, r = records.next(i) {
		r.stack = goroutine.NoStack()
	}
}

// tick counts the events that the engine looked at the slow way; it orders them.
var tick atomic.Uint64
