package rt_test

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/pi/rt"
)

// dead waits for a thread to be gone.
func dead(t *testing.T, tid int) {
	t.Helper()
	eventually(t, "the thread ends", func() bool { return gone(tid) })
}

func TestOwnerDiesWithoutAWaiter(t *testing.T) {
	for name, leave := range map[string]func(){"return": func() {}, "Goexit": runtime.Goexit} {
		t.Run(name, func(t *testing.T) {
			c := newCrew(t)
			m := make([]rt.Mutex, 5)
			guarded := 0
			dead(t, c.run(10, func(th *rt.Thread) {
				for i := range m {
					_ = m[i].Lock(th)
				}
				m[2].Unlock(th)
				guarded = 1
				leave()
			}))
			errs := make([]error, len(m))
			var tried bool
			c.run(10, func(th *rt.Thread) {
				tried = m[4].TryLock(th)
				for i := range m {
					errs[i] = m[i].Lock(th)
				}
				guarded++
				for i := range m {
					m[i].Unlock(th)
				}
				for i := range m {
					if err := m[i].Lock(th); err != nil {
						errs[i] = err
					}
					m[i].Unlock(th)
				}
			})
			c.join()
			require.False(t, tried, "TryLock of a lock whose owner has died")
			require.Equal(t, []error{rt.ErrOwnerDied, rt.ErrOwnerDied, nil, rt.ErrOwnerDied, rt.ErrOwnerDied}, errs)
			require.Equal(t, 2, guarded)
		})
	}
}

func TestOwnerDiesWithWaiters(t *testing.T) {
	c := newCrew(t)
	var m rt.Mutex
	gate := newGate(t)
	locked := make(chan bool, 1)
	guarded := 0
	c.run(10, func(th *rt.Thread) {
		_ = m.Lock(th)
		locked <- true
		gate.wait()
		guarded = 1
	})
	<-locked
	var order []int
	errs := map[int]error{}
	for _, prio := range []int{20, 40, 30} {
		waits(t, c.run(prio, func(th *rt.Thread) {
			err := m.Lock(th)
			errs[prio] = err // guarded by m, as order is
			order = append(order, prio)
			guarded++
			m.Unlock(th)
		}))
	}
	gate.open()
	c.join()
	require.Equal(t, map[int]error{40: rt.ErrOwnerDied, 30: nil, 20: nil}, errs)
	require.Equal(t, []int{40, 30, 20}, order)
	require.Equal(t, 4, guarded)
}

// A heir that dies in turn leaves the lock once more.
func TestDeathAfterDeath(t *testing.T) {
	c := newCrew(t)
	var m rt.Mutex
	for i := range 3 {
		var err error
		dead(t, c.run(10, func(th *rt.Thread) { err = m.Lock(th) }))
		c.join()
		if i == 0 {
			require.NoError(t, err)
		} else {
			require.Equal(t, rt.ErrOwnerDied, err)
		}
	}
}

// What the kernel reads of a thread that ends must be there, whoever collects garbage meanwhile: nobody
// but the kernel refers to these locks.
func TestDeathInGarbage(t *testing.T) {
	c := newCrew(t)
	for range 20 {
		tid := c.run(10, func(th *rt.Thread) {
			for range 50 {
				_ = new(rt.Mutex).Lock(th)
			}
		})
		runtime.GC()
		dead(t, tid)
	}
	c.join()
	c.run(10, func(*rt.Thread) {})
	require.Zero(t, rt.Dying(), "threads that are gone are forgotten by the next one")
}
