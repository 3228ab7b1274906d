package engine

import (
	"testing"

	"github.com/interlock-go/interlock/internal/goroutine"
)

// These tests are inside the package for the parts that have no door of their own. They play goroutines that
// do not exist, as the replay does.

// kept makes what tests point it at escape to the heap, where records and locks lie: their addresses count.
var kept any

// standIn is the record of a goroutine that does not exist.
func standIn(goid uint64) *Record {
	r := &Record{stack: goroutine.NoStack()}
	kept = r
	r.begin(goid)
	return r
}

// take makes the calls of a Lock that does not block, and returns what was found.
func (r *Record) take(c *Core, pc uintptr) (found []*Finding) {
	q := Request{Core: c, Seen: c.Seen(), For: ForMutex, PC: pc}
	for news := r.Before(&q); news != nil; news = news.next {
		if news.Finding != nil {
			found = append(found, news.Finding)
		}
	}
	r.Acquired(&q)
	return found
}

func (r *Record) drop(c *Core) bool {
	return r.Released(&Request{Core: c, Seen: c.Seen(), For: ForMutex})
}

// nest takes locks in order and releases them in reverse. Each is taken at its own place, which counts up from pc.
func (r *Record) nest(pc uintptr, locks ...*Core) (found []*Finding) {
	for i, c := range locks {
		found = append(found, r.take(c, pc+uintptr(i))...)
	}
	for i := range locks {
		r.drop(locks[len(locks)-1-i])
	}
	return found
}

// afresh runs a test on an engine that has seen nothing.
func afresh(t *testing.T) {
	Reset()
	t.Cleanup(func() {
		SetMaxOrders(0)
		Reset()
	})
}

// heldBy lists what a goroutine holds, as the engine tells others.
func heldBy(goid uint64) (held []HeldLock) {
	for _, h := range HeldLocks() {
		if h.Goroutine == goid {
			held = append(held, h)
		}
	}
	return held
}

func self() uint64 { return goroutine.CurrentID() }
