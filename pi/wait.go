//go:build !interlock_off

package pi

import (
	"github.com/interlock-go/interlock/internal/callsite"
	"github.com/interlock-go/interlock/internal/engine"
	"github.com/interlock-go/interlock/lockorder"
)

// The detector sees who waits for which Mutex and on which goroutine its owner runs, so that a ring that also
// goes through other locks is reported when it closes. A cycle of nothing but Mutexes never closes: acquire refuses it.
// Who waits for a Semaphore is not shown: nobody can say who will release units.

// watch is what the detector knows of a Mutex: the goroutine of its owner, while others wait.
type watch struct{ cond engine.Condition }

// wait is a task's wait as the detector sees it. All but begin, end and refused are called with the executor's lock held.
type wait struct {
	waiter    engine.Waiter
	armed     bool // prepared and not ended
	refusable bool
	refusal   chan struct{}
	found     *engine.Finding // why begin refused
	goroutine engine.Goroutine
}

var forMutex = engine.NewKind("pi.Mutex")

// identify notes the goroutine that t runs on, which is the running one.
func (t *Task) identify() { t.wait.goroutine = engine.Running() }

// prepare says that the task is about to wait for m, whose owner the engine knows, or for something that
// the detector does not see if m is nil.
func (w *wait) prepare(m *Mutex) {
	if m == nil || m.lock.Owner() == nil {
		return
	}
	m.watch.owner(m.lock.Owner().Client.(*Task))
	w.armed, w.found = true, nil
	w.waiter.Prepare(&m.watch.cond, forMutex, callsite.Outside())
}

// named gives the Mutex its name in reports. It is called once, before anybody can wait.
func (w *watch) named(m *Mutex) { w.cond.SetName(m.label()) }

// owner says on which goroutine the owner of the Mutex runs.
func (w *watch) owner(t *Task) { w.cond.SetWakers(t.wait.goroutine) }

// handed says that m goes to t, which has waited for it.
func (w *watch) handed(_ *Mutex, t *Task) {
	t.wait.over()
	w.owner(t)
}

// begin says that the task is about to sleep. The error is that of a call that can give up and would close a ring.
func (w *wait) begin(refusable bool) error {
	if !w.armed {
		return nil
	}
	w.refusable = refusable
	if !refusable {
		w.waiter.Block()
		return nil
	}
	w.refusal = make(chan struct{}, 1)
	if w.found = w.waiter.BlockRefusable(w.refusal); w.found != nil {
		return lockorder.NewDeadlockError(w.found)
	}
	return nil
}

// refused receives if the detector has refused the wait, because somebody else has closed a ring.
func (w *wait) refused() <-chan struct{} { return w.refusal }

// over says that the task no longer waits in a queue.
func (w *wait) over() {
	if w.armed {
		w.waiter.Served()
	}
}

// resumed says that the task waits again: what it was granted has been stolen.
func (w *wait) resumed() {
	if w.armed {
		w.waiter.Resumed()
	}
}

// end says that the task has woken. The error is why its wait was refused, if it was.
func (w *wait) end() error {
	if !w.armed {
		return nil
	}
	w.armed = false
	if !w.refusable {
		w.waiter.Unblock()
		return nil
	}
	found := w.waiter.UnblockRefusable()
	w.refusal = nil
	if found == nil {
		found = w.found
	}
	if found == nil {
		return nil
	}
	return lockorder.NewDeadlockError(found)
}
