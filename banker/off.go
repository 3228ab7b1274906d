//go:build interlock_off

package banker

import "context"

// Nothing is published when the detector is off.
type (
	owner     struct{}
	published struct{}
	watched   struct{}
)

// Own says that the calling goroutine alone uses j. It does nothing while the detector is off.
func (j *Job) Own() {}

func (j *Job) used()                 { _ = j.owner }
func (j *Job) grantedTo(*waiter)     {}
func (p *published) prepare(*Banker) {}
func (p *published) woken()          {}
func (w *waiter) unblock() error     { return nil }
func (b *Banker) rewire() []watched  { _ = b.watched; return nil }
func look([]watched)                 {}

// block waits until w is settled or ctx is done.
func (w *waiter) block(ctx context.Context) error {
	select {
	case <-w.settled:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
