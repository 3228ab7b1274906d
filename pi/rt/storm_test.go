//go:build linux

package rt_test

import (
	"os"
	"os/signal"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/pi/rt"
)

// Threads wait in the kernel, with and without a deadline, while the world stops again and again and signals
// hit the process and each of the threads. Nothing wakes them but the lock.
func TestStormOfCollectionsAndSignals(t *testing.T) {
	c := newCrew(t)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR1)
	defer signal.Stop(signals)

	var m rt.Mutex
	_, gate := c.owner(10, &m)
	var got atomic.Int32
	errs := make([]error, 4)
	tids := make([]int, len(errs))
	for i := range errs {
		tids[i] = c.run(20+i, func(th *rt.Thread) {
			if i%2 == 0 {
				errs[i] = m.Lock(th)
			} else {
				errs[i] = m.LockDeadline(th, time.Now().Add(patience))
			}
			got.Add(1)
			m.Unlock(th)
		})
		waits(t, tids[i])
	}
	for range 50 {
		runtime.GC()
		for _, s := range []syscall.Signal{syscall.SIGURG, syscall.SIGUSR1} {
			require.NoError(t, syscall.Kill(os.Getpid(), s))
			for _, tid := range tids {
				require.NoError(t, syscall.Tgkill(os.Getpid(), tid, s))
			}
		}
	}
	<-signals // they do arrive
	require.Zero(t, got.Load(), "a wait ended early")
	for _, tid := range tids {
		waits(t, tid)
	}
	gate.open()
	c.join()
	require.Equal(t, make([]error, len(errs)), errs)
	require.EqualValues(t, len(errs), got.Load())
}
