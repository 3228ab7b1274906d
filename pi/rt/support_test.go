//go:build linux

package rt_test

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/pi/rt"
)

func init() {
	machines["without privilege"] = func() {
		if os.Geteuid() == 0 {
			const nobody = 65534
			must(syscall.Setgid(nobody))
			must(syscall.Setuid(nobody)) // on every thread, and gone are the capabilities
		}
		err := rt.Go(1, func(*rt.Thread) { fmt.Println("runs") })
		fmt.Println(errors.Is(err, rt.ErrUnsupported), errors.Is(err, errors.ErrUnsupported), errors.Is(err, syscall.EPERM))
		fmt.Println(err)
		fmt.Println(rt.Probe())
	}
	machines["on the main thread"] = func() {
		pinned, id := make(chan struct{}), make(chan int, 1)
		rt.Pin(func() { id <- syscall.Gettid() }, pinned)
		<-pinned
		fmt.Println("main goes on", syscall.Gettid() == os.Getpid())
		fmt.Println("elsewhere", <-id != os.Getpid())
	}
	if os.Getenv(machineEnv) == "on the main thread" {
		runtime.LockOSThread()
	}
}

func TestWithoutPrivilege(t *testing.T) {
	var limit syscall.Rlimit
	const rtPrio = 14
	require.NoError(t, syscall.Getrlimit(rtPrio, &limit))
	if limit.Cur > 0 {
		t.Skip("everybody may have real-time threads here: RLIMIT_RTPRIO is", limit.Cur)
	}
	out := machine(t, "without privilege", -1)
	require.NotContains(t, out, "runs")
	require.Contains(t, out, "true true true\n")
	const reason = "(operation not permitted): it takes CAP_SYS_NICE, or an RLIMIT_RTPRIO that is at least the priority (it is 0)"
	require.Contains(t, out, "rt: unsupported: SCHED_FIFO with priority 1 refused "+reason)
	require.Regexp(t, `SCHED_FIFO +no: SCHED_FIFO with priority 1 refused`, out)
}

// The runtime never ends the main thread. No function runs there, whichever thread the goroutine begins on.
func TestNeverOnTheMainThread(t *testing.T) {
	require.Equal(t, "main goes on true\nelsewhere true\n", machine(t, "on the main thread", -1))
	c := newCrew(t)
	var main atomic.Int32
	for range 100 {
		c.run(10, func(th *rt.Thread) {
			if th.ID() == os.Getpid() {
				main.Add(1)
			}
		})
	}
	c.join()
	require.Zero(t, main.Load())
}

func TestProbe(t *testing.T) {
	needRT(t)
	r := rt.Probe()
	require.NoError(t, errors.Join(r.LockPI, r.RobustList, r.FIFO, r.Err()))
	require.GreaterOrEqual(t, r.Highest, rt.MinPriority)
	require.True(t, r.SysNice || r.Limit >= r.Highest)
	require.Equal(t, max(0, runtime.GOMAXPROCS(0)-runtime.NumCPU()), r.Spare())
	require.Regexp(t, `(?m)^FUTEX_LOCK_PI2 +yes$`, r.String())
	require.Regexp(t, `(?m)^highest priority +[1-9]`, r.String())
	if r.Period > 0 {
		require.LessOrEqual(t, r.Share, r.Period)
	}
}

// What is permitted below the highest priority is not permitted above.
func TestHighestIsHighest(t *testing.T) {
	needRT(t)
	r := rt.Probe()
	require.NoError(t, rt.Go(r.Highest, func(*rt.Thread) {}))
	if r.Highest < rt.MaxPriority {
		require.ErrorIs(t, rt.Go(r.Highest+1, func(*rt.Thread) {}), rt.ErrUnsupported)
	}
}

// A program that a thread starts is an ordinary one.
func TestChildrenAreNotRealTime(t *testing.T) {
	c := newCrew(t)
	var out string
	c.run(10, func(*rt.Thread) { out = machine(t, "policy", -1) })
	c.join()
	require.Equal(t, "0\n", out)
}

func init() {
	machines["policy"] = func() {
		policy, _, _ := syscall.RawSyscall(syscall.SYS_SCHED_GETSCHEDULER, uintptr(os.Getpid()), 0, 0)
		fmt.Println(policy)
	}
}
