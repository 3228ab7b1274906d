package rt_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/pi/rt"
)

func TestLockAgainIsADeadlock(t *testing.T) {
	c := newCrew(t)
	var m rt.Mutex
	var errs [3]error
	c.run(10, func(th *rt.Thread) {
		_ = m.Lock(th)
		errs[0] = m.Lock(th)
		errs[1] = m.LockDeadline(th, time.Now().Add(time.Hour))
		errs[2] = m.LockContext(t.Context(), th)
		m.Unlock(th)
	})
	c.join()
	require.Equal(t, [3]error{rt.ErrDeadlock, rt.ErrDeadlock, rt.ErrDeadlock}, errs)
}

// lockers are the ways to wait that can be refused.
var lockers = map[string]func(context.Context, *rt.Mutex, *rt.Thread) error{
	"Lock":        func(_ context.Context, m *rt.Mutex, th *rt.Thread) error { return m.Lock(th) },
	"LockContext": func(ctx context.Context, m *rt.Mutex, th *rt.Thread) error { return m.LockContext(ctx, th) },
	"LockDeadline": func(_ context.Context, m *rt.Mutex, th *rt.Thread) error {
		return m.LockDeadline(th, time.Now().Add(patience))
	},
}

// Each of n threads locks its own mutex and asks for the next one's. One of them, and only one, is
// refused, and the others get theirs once it has unlocked.
func TestRingIsRefused(t *testing.T) {
	c := newCrew(t)
	for name, lock := range lockers {
		for n := 2; n <= 5; n++ {
			m, errs := make([]rt.Mutex, n), make([]error, n)
			var holding atomic.Int32
			for i := range n {
				c.run(10, func(th *rt.Thread) {
					_ = m[i].Lock(th)
					for holding.Add(1); holding.Load() < int32(n); {
						nap()
					}
					next := &m[(i+1)%n]
					if errs[i] = lock(t.Context(), next, th); errs[i] == nil {
						next.Unlock(th)
					}
					m[i].Unlock(th)
				})
			}
			c.join()
			refused := 0
			for _, err := range errs {
				if err != nil {
					require.Equal(t, rt.ErrDeadlock, err)
					refused++
				}
			}
			require.Equal(t, 1, refused, "%s by %d threads", name, n)
		}
	}
}

// The same locks in one order are no deadlock.
func TestOneOrderIsNotRefused(t *testing.T) {
	c := newCrew(t)
	var m [3]rt.Mutex
	var failed atomic.Int32
	for range 3 {
		c.run(10, func(th *rt.Thread) {
			for range 100 {
				for j := range m {
					if m[j].Lock(th) != nil {
						failed.Add(1)
					}
				}
				for j := range m {
					m[j].Unlock(th)
				}
			}
		})
	}
	c.join()
	require.Zero(t, failed.Load())
}
