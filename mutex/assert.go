//go:build !interlock_off

package mutex

import (
	"github.com/interlock-go/interlock/internal/engine"
	"github.com/interlock-go/interlock/lockorder"
)

// AssertHeld panics unless the running goroutine holds l, an RWMutex for writing. It
// states what a function expects, where a comment would. A lock that has been handed
// from one goroutine to another has no certain owner and passes.
func AssertHeld[L Lock](l L) {
	q, _ := writeSide(l, 0)
	if !engine.Holding(q.Core, false) {
		panic("mutex: AssertHeld: this goroutine does not hold the lock")
	}
}

// AssertRHeld panics unless the running goroutine holds rw, for reading or writing.
func AssertRHeld(rw *RWMutex) {
	if !engine.Holding(&rw.core, true) {
		panic("mutex: AssertRHeld: this goroutine does not hold the lock")
	}
}

// SetClass files l under a class, whose locks play one part in the order: what is seen of one of
// them counts for all. Call it before l is first used; later, what was seen of l
// before counts for l alone.
//
//	mutex.SetClass(&a.mu, accounts)              // or, with lockorder.NestByRank,
//	mutex.SetClass(&a.mu, accounts.Rank(a.ID))
func SetClass[L Lock](l L, class *lockorder.Class) {
	q, _ := writeSide(l, 0)
	id, rank := class.Key()
	engine.SetClass(q.Core, q.For, id, rank)
}
