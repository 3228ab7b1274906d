package pi_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/pi"
)

type deaf struct{}

func (deaf) Observe(pi.Event) {}

// paths has f run with the fast paths, and, as with an observer, without.
func paths(t *testing.T, f func(t *testing.T, opts ...pi.Option)) {
	t.Run("fast", func(t *testing.T) { f(t) })
	t.Run("observed", func(t *testing.T) { f(t, pi.WithObserver(deaf{})) })
}

func TestCeilingHoldsFromLockToUnlockInAnyOrder(t *testing.T) {
	paths(t, func(t *testing.T, opts ...pi.Option) {
		inLab(t, many, func(l *lab) {
			five, nine, seven := pi.NewCeiling(5), pi.NewCeiling(9), pi.NewCeiling(7)
			a := l.actor(1)
			for range 2 { // the first time binds the mutexes
				a.locks(five)
				l.run(5)
				a.locks(nine)
				l.run(9)
				a.locks(seven)
				l.run(9)
				a.unlocks(nine)
				l.run(7)
				a.unlocks(five)
				l.run(7)
				a.unlocks(seven)
				l.run(1)
			}
		}, opts...)
	})
}

// Under the ceiling a task between base and ceiling does not get the slot at a checkpoint. It does
// at the unlock.
func TestCeilingKeepsTheSlotUntilUnlock(t *testing.T) {
	paths(t, func(t *testing.T, opts ...pi.Option) {
		inLab(t, 1, func(l *lab) {
			m := pi.NewCeiling(5)
			a := l.actor(1)
			a.locks(m)
			a.unlocks(m)
			for range 2 {
				a.locks(m)
				b := l.actor(5)
				l.states(pi.Running, pi.Ready)
				a.does((*pi.Task).Checkpoint)
				l.states(pi.Running, pi.Ready)
				a.unlocks(m)
				l.states(pi.Ready, pi.Running)
				b.locks(m)
				b.unlocks(m)
				b.end()
				l.actors = l.actors[:1]
				l.states(pi.Running)
				l.run(1)
			}
			c := func() *actor { a.locks(m); return l.actor(6) }()
			a.does((*pi.Task).Checkpoint)
			l.states(pi.Ready, pi.Running)
			c.end()
			a.unlocks(m)
			l.run(1)
		}, opts...)
	})
}

// With more slots than one a mutex with a ceiling can be waited for; who is granted it has the ceiling at once.
func TestCeilingIsHandedOverWithTheLock(t *testing.T) {
	paths(t, func(t *testing.T, opts ...pi.Option) {
		inLab(t, many, func(l *lab) {
			m := pi.NewCeiling(5)
			a, b, c := l.actor(1), l.actor(2), l.actor(3)
			a.locks(m)
			b.locks(m)
			c.locks(m)
			l.run(5, 2, 3)
			a.unlocks(m)
			l.run(1, 2, 5)
			c.unlocks(m)
			l.run(1, 5, 3)
			b.unlocks(m)
			l.run(1, 2, 3)
			a.locks(m)
			ctx, cancel := context.WithCancel(context.Background())
			b.locksContext(ctx, m)
			cancel()
			b.does(func(*pi.Task) {})
			require.ErrorIs(t, b.err, context.Canceled)
			a.end()
			b.locksContext(context.Background(), m)
			require.Equal(t, pi.ErrOwnerExited, b.err)
			require.Equal(t, pi.Priority(5), b.Effective())
			b.unlocks(m)
		}, opts...)
	})
}

// Who is handed a mutex with a ceiling has the ceiling already where it waits for a slot.
func TestCeilingCountsBeforeItsOwnerRuns(t *testing.T) {
	inLab(t, 1, func(l *lab) {
		m := pi.NewCeiling(5)
		wake := make(chan struct{})
		a := l.actor(1)
		a.locks(m)
		b := l.actor(2)
		a.does(func(task *pi.Task) { task.Block(func() { <-wake }) })
		b.locks(m)
		c := l.actor(3)
		close(wake)
		synctest.Wait()
		c.does((*pi.Task).Checkpoint)
		l.states(pi.Running, pi.Waiting, pi.Ready)
		a.unlocks(m)
		l.states(pi.Ready, pi.Running, pi.Ready)
		b.unlocks(m)
		l.states(pi.Ready, pi.Ready, pi.Running)
	})
}

// A mutex that a task has unlocked, and that others have had since with yet others, is nothing to the task
// any more. The last one of a nest stays in the task's list, so that it can be locked again cheaply.
func TestFormerCeilingDoesNotCount(t *testing.T) {
	paths(t, func(t *testing.T, opts ...pi.Option) {
		inLab(t, many, func(l *lab) {
			five, nine, seven := pi.NewCeiling(5), pi.NewCeiling(9), pi.NewCeiling(7)
			a, b, c := l.actor(1), l.actor(2), l.actor(3)
			for range 3 {
				a.locks(five)
				a.unlocks(five)
				b.locks(nine)
				b.locks(five) // now inside of nine
				l.run(1, 9, 3)
				a.does(func(task *pi.Task) { task.Block(func() {}) }) // settles
				l.run(1, 9, 3)
				a.panics("pi: Unlock by a Task that does not own the Mutex", five.Unlock)
				a.locks(seven)
				l.run(7, 9, 3)
				c.locksContext(context.Background(), seven)
				l.run(7, 9, 3)
				a.unlocks(seven)
				l.run(1, 9, 7)
				a.locks(five) // waits, lends to nobody: it is less urgent than the ceiling
				b.unlocks(nine)
				l.run(1, 5, 7)
				b.unlocks(five)
				l.run(5, 2, 7)
				c.unlocks(seven)
				a.locks(seven)
				a.locks(nine)
				l.run(9, 2, 3)
				a.unlocks(seven)
				a.unlocks(five)
				l.run(9, 2, 3)
				a.unlocks(nine)
				l.run(1, 2, 3)
			}
		}, opts...)
	})
}

// A has had five inside of nine, and unlocked it between two others.
func TestCeilingOfANestEndsWithIt(t *testing.T) {
	paths(t, func(t *testing.T, opts ...pi.Option) {
		inLab(t, many, func(l *lab) {
			five, nine, seven := pi.NewCeiling(5), pi.NewCeiling(9), pi.NewCeiling(7)
			a, b := l.actor(1), l.actor(2)
			for range 2 {
				b.locks(five)
				b.does(func(task *pi.Task) { task.Block(func() {}) }) // settles
				l.run(1, 5)
				b.unlocks(five)
				for _, m := range []*pi.Mutex{nine, five, seven} {
					a.locks(m)
				}
				for _, m := range []*pi.Mutex{five, seven, nine} {
					a.unlocks(m)
				}
				l.run(1, 2)
			}
		}, opts...)
	})
}

// A lower ceiling inside a higher one changes nothing for who wants the slot.
func TestInnerLowerCeilingDoesNotHideTheOuter(t *testing.T) {
	paths(t, func(t *testing.T, opts ...pi.Option) {
		inLab(t, 1, func(l *lab) {
			nine, seven := pi.NewCeiling(9), pi.NewCeiling(7)
			a := l.actor(1)
			for range 2 {
				a.locks(nine)
				a.locks(seven)
				b := l.actor(8)
				a.does((*pi.Task).Checkpoint)
				require.Equal(t, pi.Ready, b.state())
				a.unlocks(seven)
				require.Equal(t, pi.Ready, b.state())
				a.unlocks(nine)
				require.Equal(t, pi.Running, b.state())
				b.end()
			}
		}, opts...)
	})
}
