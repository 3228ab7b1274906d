package rt_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/pi/rt"
)

// The scenarios of Linux's old rt-tester, in the kernel's own view of the priorities.

func TestThreadsRunAtTheirPriority(t *testing.T) {
	c := newCrew(t)
	for _, prio := range []int{rt.MinPriority, 50, 98} {
		gate := newGate(t)
		said := make(chan int, 1)
		tid := c.run(prio, func(th *rt.Thread) {
			said <- th.Priority()
			gate.wait()
		})
		require.Equal(t, prio, <-said)
		require.Equal(t, prio, effective(tid))
		gate.open()
		c.join()
	}
}

func TestWaiterLendsItsPriority(t *testing.T) {
	c := newCrew(t)
	var m rt.Mutex
	o, gate := c.owner(70, &m)
	equal := c.run(70, lockOnce(&m))
	waits(t, equal)
	require.Equal(t, 70, effective(o), "an equal gives no boost")
	for _, prio := range []int{80, 81} {
		waits(t, c.run(prio, lockOnce(&m)))
		runsAt(t, o, prio)
	}
	gate.open()
	c.join()
}

func lockOnce(m *rt.Mutex) func(*rt.Thread) {
	return func(th *rt.Thread) {
		if m.Lock(th) == nil {
			m.Unlock(th)
		}
	}
}

func TestMostUrgentFirstEqualsInOrder(t *testing.T) {
	c := newCrew(t)
	var m rt.Mutex
	_, gate := c.owner(70, &m)
	type arrival struct{ prio, number int }
	var order []arrival
	for number, prio := range []int{75, 80, 75, 80, 74} {
		waits(t, c.run(prio, func(th *rt.Thread) {
			_ = m.Lock(th)
			order = append(order, arrival{prio, number})
			m.Unlock(th)
		}))
	}
	gate.open()
	c.join()
	require.Equal(t, []arrival{{80, 1}, {80, 3}, {75, 0}, {75, 2}, {74, 4}}, order)
}

// An unlock leaves what the other locks' waiters lend, in either order of unlocking.
func TestTwoLocks(t *testing.T) {
	for _, highFirst := range []bool{true, false} {
		c := newCrew(t)
		var low, high rt.Mutex
		var step atomic.Int32
		at := func(n int32) {
			for step.Load() < n {
				nap()
			}
		}
		first, second := &low, &high
		if highFirst {
			first, second = &high, &low
		}
		locked := make(chan bool, 1)
		o := c.run(70, func(th *rt.Thread) {
			_ = low.Lock(th)
			_ = high.Lock(th)
			locked <- true
			at(1)
			first.Unlock(th)
			at(2)
			second.Unlock(th)
			at(3)
		})
		<-locked
		t.Cleanup(func() { step.Store(3) })
		waits(t, c.run(80, lockOnce(&low)))
		waits(t, c.run(82, lockOnce(&high)))
		runsAt(t, o, 82)
		step.Store(1)
		runsAt(t, o, map[bool]int{true: 80, false: 82}[highFirst])
		step.Store(2)
		runsAt(t, o, 70)
		step.Store(3)
		c.join()
	}
}

// Ti holds Li, and T(i+1) waits for Li: each that comes boosts the whole chain. Each that gives up takes its
// boost along.
func TestChainIsBoostedToItsEnd(t *testing.T) {
	c := newCrew(t)
	const n = 5
	var m [n]rt.Mutex
	var tid [n]int
	var cancel [n]context.CancelFunc
	var err [n]error
	done := newGate(t)
	o := make(chan bool, 1)
	tid[0] = c.run(70, func(th *rt.Thread) {
		_ = m[0].Lock(th)
		o <- true
		done.wait()
		m[0].Unlock(th)
	})
	<-o
	for i := 1; i < n; i++ {
		var ctx context.Context
		ctx, cancel[i] = context.WithCancel(t.Context())
		tid[i] = c.run(80+i, func(th *rt.Thread) {
			_ = m[i].Lock(th)
			err[i] = m[i-1].LockContext(ctx, th)
			done.wait()
			m[i].Unlock(th)
		})
		waits(t, tid[i])
		for j := range i {
			runsAt(t, tid[j], 80+i)
		}
	}
	for i := n - 1; i > 0; i-- {
		cancel[i]()
		runsAt(t, tid[0], map[bool]int{true: 80 + i - 1, false: 70}[i > 1])
		for j := 1; j < i; j++ {
			runsAt(t, tid[j], 80+i-1)
		}
	}
	done.open()
	c.join()
	require.Equal(t, [n]error{nil, context.Canceled, context.Canceled, context.Canceled, context.Canceled}, err)
}
