package engine

import (
	"github.com/interlock-go/interlock/internal/fingerprint"
	"github.com/interlock-go/interlock/internal/hashtable"
	"github.com/interlock-go/interlock/internal/rule"
)

// listening keeps who listens to orders from being told one thing for every lock that
// short-lived objects bring. An order's shape is what remains of it without the instances:
// the code that it comes from, the classes, the modes. A listener hears of each shape once
// from each goroutine, and from at most MaxHeard of them: a cycle needs a goroutine
// of its own for each of its orders, so that more would change a verdict only for cycles
// longer than that.
type listening struct {
	heard hashtable.Table // shape → goroutines heard of; hash of shape and goroutine → 0
}

// MaxHeard is as many goroutines as a graph file's reader keeps of an order; a test of lockorder holds them equal.
const MaxHeard = 16

// order returns a dependency that r has used, for who listens, if it is news to him.
//
//go:norace
func (e *engine) order(dep rule.DepID, r *Record) *News {
	if orderSink.Load() == nil || !e.listening.isNews(e.shape(dep), r.goid) {
		return nil
	}
	o := e.orderOf(dep)
	o.Goroutine = r.goid
	return &News{Order: &o}
}

// shape is a hash of what a dependency has in common with those of other instances.
//
//go:norace
func (e *engine) shape(dep rule.DepID) uint64 {
	d := e.base.Get(dep)
	h := hashHold(e.deps[dep].shape, d.Want)
	for _, held := range d.Held {
		h = hashHold(h, held)
	}
	return h
}

//go:norace
func hashHold(h uint64, hold rule.Hold) uint64 {
	return fingerprint.Word(h, uint64(hold.Class)<<8|uint64(hold.Mode))
}

//go:norace
func (l *listening) isNews(shape, goid uint64) bool {
	both := fingerprint.Word(shape, goid)
	if _, again := l.heard.Get(both); again {
		return false
	}
	n, _ := l.heard.Get(shape)
	if n == MaxHeard {
		return false
	}
	l.heard.Put(shape, n+1)
	l.heard.Put(both, 0)
	return true
}
