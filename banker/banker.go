package banker

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/interlock-go/interlock/internal/safestate"
)

// Banker shares the units of some resources among jobs. It must be made by [New], is safe
// for concurrent use, starts no goroutine and needs no closing.
//
// In the terminology of the Go memory model, a call that gives units back synchronizes
// before the return of the call that is granted them.
type Banker struct {
	name  string
	names []string // of resources, ascending
	index map[string]int

	mu   sync.Mutex // guards what follows, and every Job
	q    *safestate.Queue
	jobs []*Job // by number
	req  []safestate.Amount
	grew bool // Grow was called: units may come from nowhere
	watched
}

// Option changes how New makes a banker.
type Option func(*settings)

type settings struct {
	name       string
	overtaking int
}

// WithName names the banker in explanations and reports. The default is "banker".
func WithName(name string) Option { return func(s *settings) { s.name = name } }

// DefaultOvertaking is how many grants may overtake the oldest waiter.
const DefaultOvertaking = 256

// WithOvertaking sets how many grants may overtake the oldest waiter before nothing is
// granted that would delay it further. A small number is fair to large jobs, a large one
// keeps more units in use. A negative number means that there is no bound, and then a large
// job may starve. The default is [DefaultOvertaking].
func WithOvertaking(n int) Option { return func(s *settings) { s.overtaking = n } }

// New returns a banker with all units of capacity free, which it copies. Its resources are those of capacity, for
// good; their units may change by [Banker.Grow] and [Banker.Shrink]. The error is [ErrNegative] if a number of units is negative.
func New(capacity Capacity, options ...Option) (*Banker, error) {
	s := settings{name: "banker", overtaking: DefaultOvertaking}
	for _, o := range options {
		o(&s)
	}
	b := &Banker{name: s.name, names: slices.Sorted(maps.Keys(capacity)), index: map[string]int{}}
	total := make([]int64, len(b.names))
	for i, n := range b.names {
		if capacity[n] < 0 {
			return nil, ErrNegative
		}
		b.index[n], total[i] = i, capacity[n]
	}
	b.q = safestate.NewQueue(total, s.overtaking)
	return b, nil
}

// Register adds a job that may hold up to claim at a time. It never waits: a job that
// holds nothing endangers nobody. Amounts of one resource are added up. The job must be
// closed in the end; see also [Do].
//
// The error is ErrExceedsCapacity if the claim is for more than there is in all,
// ErrUnknownResource, ErrNegative or ErrOverflow.
func (b *Banker) Register(name string, claim ...Amount) (*Job, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.request(nil, claim); err != nil {
		return nil, err
	}
	id, o := b.q.Register(b.req)
	if o != safestate.Granted {
		return nil, failure(o)
	}
	j := &Job{b: b, name: name, id: id}
	if int(id) == len(b.jobs) {
		b.jobs = append(b.jobs, j)
	} else {
		b.jobs[id] = j
	}
	return j, nil
}

// Grow adds units to the capacity. A resource cannot be added. The error is ErrOverflow,
// ErrUnknownResource or ErrNegative.
func (b *Banker) Grow(amounts ...Amount) error {
	b.mu.Lock()
	if err := b.request(nil, amounts); err != nil {
		b.mu.Unlock()
		return err
	}
	b.grew = true
	o := b.q.Enlarge(b.req)
	b.unlock()
	return failure(o)
}

// TryShrink takes free units away from the capacity if every claim still fits and the
// jobs can still finish. The error is ErrExceedsCapacity if some claim no longer fits,
// ErrUnavailable if the units are in use, ErrUnsafe, ErrUnfair, ErrUnknownResource,
// ErrNegative or ErrOverflow.
func (b *Banker) TryShrink(amounts ...Amount) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.request(nil, amounts); err != nil {
		return err
	}
	return failure(b.q.Shrink(b.req))
}

// Shrink is TryShrink, but waits until the units can be taken away, or ctx is done; then
// its error is ctx's cause. It waits without a place in line: a banker that is never idle
// may keep it waiting for ever. Taking away more than there is waits for a Grow.
func (b *Banker) Shrink(ctx context.Context, amounts ...Amount) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	b.mu.Lock()
	if err := b.request(nil, amounts); err != nil {
		b.mu.Unlock()
		return err
	}
	w := newWaiter()
	o := b.q.WaitShrink(b.req, &w.Waiter)
	b.mu.Unlock()
	if !o.Waits() && o != safestate.OverCapacity {
		return failure(o)
	}
	select {
	case <-w.settled:
		return failure(w.Outcome)
	case <-ctx.Done():
	}
	b.mu.Lock()
	cancelled := b.q.Cancel(&w.Waiter)
	b.mu.Unlock()
	if cancelled {
		return context.Cause(ctx)
	}
	return failure(w.Outcome)
}

// unlock lets those go on whose waiting is over, and unlocks b.
func (b *Banker) unlock() {
	if b.q.Quiet() {
		b.mu.Unlock()
		return
	}
	for _, s := range b.q.Settled() {
		w := s.Tag.(*waiter)
		if s.Outcome == safestate.Granted && w.job != nil {
			w.job.grantedTo(w)
		}
		w.woken()
		w.settled <- struct{}{}
	}
	changed := b.rewire()
	b.mu.Unlock()
	look(changed)
}
