//go:build !interlock_off

package banker

import (
	"context"
	"slices"

	"github.com/interlock-go/interlock/internal/callsite"
	"github.com/interlock-go/interlock/internal/engine"
	"github.com/interlock-go/interlock/internal/safestate"
	"github.com/interlock-go/interlock/lockorder"
)

var forUnits = engine.NewKind("Banker")

// crowd is up to how many holders, and how many waiters, the goroutines that a waiter
// depends on are kept. It bounds what a change of who holds what costs.
const crowd = 32

// owner is the goroutine that alone uses a job, if somebody vouched for that.
type owner struct {
	by     engine.Goroutine
	shared bool // another one used it all the same
}

// Own says that from now on the calling goroutine alone uses j, until it ends or another
// one calls Own. That lets a ring of waits through j be found; without it nobody knows who
// will give j's units back, and no such ring is certain. [Do] calls it.
func (j *Job) Own() {
	if j.lock() == nil {
		j.by, j.shared = engine.Running(), false
		j.b.unlock()
	}
}

// used notes that the running goroutine uses j.
func (j *Job) used() {
	if j.by != (engine.Goroutine{}) && !j.shared {
		j.shared = j.by != engine.Running()
	}
}

// grantedTo notes that w's goroutine uses j.
func (j *Job) grantedTo(w *waiter) {
	j.shared = j.shared || j.by != (engine.Goroutine{}) && j.by != w.by
}

// published is what the wait-for graph knows of a blocked call.
type published struct {
	by     engine.Goroutine
	wait   engine.Waiter
	cond   engine.Condition
	wakers []engine.Goroutine
	refuse chan struct{}
	pc     uintptr
}

// watched is whether any waiter's wakers are known.
type watched struct{ known bool }

func (p *published) prepare(b *Banker) {
	p.by = engine.Running()
	p.refuse = make(chan struct{}, 1)
	p.cond.SetName(b.name)
	p.pc = callsite.Outside()
	p.wait.Prepare(&p.cond, forUnits, p.pc)
}

// woken says that the wait is over, before its goroutine learns of it.
func (p *published) woken() {
	if p.by != (engine.Goroutine{}) {
		p.wait.Woken()
	}
}

// block waits until w is settled, ctx is done or the wait would never end.
func (w *waiter) block(ctx context.Context) error {
	engine.Emit(engine.HoldsAndWaits(&w.cond, forUnits, w.pc))
	if f := w.wait.BlockRefusable(w.refuse); f != nil {
		return lockorder.NewDeadlockError(f)
	}
	for {
		select {
		case <-w.settled:
			return nil
		case <-w.refuse:
			if f := w.wait.Refusal(); f != nil {
				return lockorder.NewDeadlockError(f)
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// unblock takes the wait back and returns why it was refused, if it was.
func (w *waiter) unblock() error {
	if f := w.wait.UnblockRefusable(); f != nil {
		return lockorder.NewDeadlockError(f)
	}
	return nil
}

// rewire keeps for each waiter the goroutines of which one must act before it goes on,
// after a change of who holds what, and returns those whose set has changed.
func (b *Banker) rewire() (changed []*engine.Condition) {
	certain := !b.grew && b.q.Holders() <= crowd && len(b.q.Waiting()) <= crowd
	if !certain && !b.known {
		return nil
	}
	b.known = false
	for _, s := range b.q.Waiting() {
		w := s.Tag.(*waiter)
		var all []engine.Goroutine
		if certain {
			all = b.wakersOf(s)
		}
		b.known = b.known || len(all) > 0
		if !slices.Equal(all, w.wakers) {
			w.wakers = all
			w.cond.SetWakers(all...)
			changed = append(changed, &w.cond)
		}
	}
	return changed
}

// wakersOf returns the goroutines of which one must act before w goes on, or none if
// they are not known.
func (b *Banker) wakersOf(s *safestate.Waiter) (all []engine.Goroutine) {
	for id := range func(yield func(safestate.Job) bool) { b.q.Helpers(s, yield) } {
		j := b.jobs[id]
		if j == nil || j.shared || j.by == (engine.Goroutine{}) {
			return nil
		}
		if !slices.Contains(all, j.by) {
			all = append(all, j.by)
		}
	}
	return all
}

// look looks for rings that a change of wakers has closed. Nothing is locked.
func look(changed []*engine.Condition) {
	for _, c := range changed {
		engine.Emit(c.Look())
	}
}
