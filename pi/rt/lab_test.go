package rt_test

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/interlock-go/interlock/pi/rt"
)

// machines are the programs that a test runs in a process of their own, by name.
var machines = map[string]func(){}

const machineEnv = "INTERLOCK_RT_MACHINE"

func TestMain(m *testing.M) {
	if name := os.Getenv(machineEnv); name != "" {
		machines[name]()
		return
	}
	goleak.VerifyTestMain(m)
}

// The locks of the race detector spin, with a sched_yield that does not let a thread of lower priority run. If two threads
// differ in priority and share one processor, the more urgent one spins for ever for a lock that the other one holds.
const spins = "the race detector's own locks spin, and know no priorities"

// needRT skips the test, with the reason, where there are no real-time threads.
func needRT(t testing.TB) {
	t.Helper()
	if err := rt.Probe().Err(); err != nil {
		t.Skip(err)
	}
	if raceDetector && runtime.NumCPU() == 1 {
		t.Skip(spins)
	}
}

// A crew are the threads of a test. Their functions cannot fail the test: they write down what
// happens, and the test looks at it after join.
type crew struct {
	t  *testing.T
	wg sync.WaitGroup
}

func newCrew(t *testing.T) *crew {
	t.Helper()
	needRT(t)
	c := &crew{t: t}
	t.Cleanup(c.join)
	return c
}

// run starts a thread and returns its id.
func (c *crew) run(prio int, fn func(*rt.Thread)) int {
	c.t.Helper()
	c.wg.Add(1)
	id := make(chan int, 1)
	err := rt.Go(prio, func(th *rt.Thread) {
		defer c.wg.Done()
		id <- th.ID()
		fn(th)
	})
	if err != nil {
		c.wg.Done()
	}
	require.NoError(c.t, err)
	return <-id
}

// join waits for all functions to return.
func (c *crew) join() { c.wg.Wait() }

// owner starts a thread that holds m until the test opens the gate.
func (c *crew) owner(prio int, m *rt.Mutex) (tid int, gate *gate) {
	c.t.Helper()
	gate = newGate(c.t)
	locked := make(chan error, 1)
	tid = c.run(prio, func(th *rt.Thread) {
		locked <- m.Lock(th)
		gate.wait()
		m.Unlock(th)
	})
	require.NoError(c.t, <-locked)
	return tid, gate
}

// A gate is opened by the test, and in any case at its end.
type gate struct{ opened atomic.Bool }

func newGate(t *testing.T) *gate {
	g := new(gate)
	t.Cleanup(g.open) // runs before the crew's join, which was registered earlier
	return g
}

func (g *gate) open() { g.opened.Store(true) }

// wait polls: what a channel carries would be an edge that the race detector sees.
func (g *gate) wait() {
	for !g.opened.Load() {
		nap()
	}
}

// nap leaves the processor for a moment.
func nap() { time.Sleep(100 * time.Microsecond) }

const patience = 20 * time.Second

// eventually waits until ok, by the clock: what it waits for happens in the kernel.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !ok(); nap() {
		if time.Now().After(deadline) {
			t.Fatal("never: " + what)
		}
	}
}

// proc reads a file of /proc about a thread, "" if it is gone.
func proc(tid int, name string) string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/self/task/%d/%s", tid, name))
	if err != nil {
		return ""
	}
	return string(text)
}

func gone(tid int) bool { return proc(tid, "stat") == "" }

// effective returns a real-time thread's effective priority, 0 if there is no such thread.
func effective(tid int) int {
	stat := proc(tid, "stat")
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 16 {
		return 0
	}
	shown, err := strconv.Atoi(fields[15])
	if err != nil {
		return 0
	}
	return -1 - shown // proc(5): "the negated scheduling priority, minus one"
}

func runsAt(t *testing.T, tid, prio int) {
	t.Helper()
	eventually(t, fmt.Sprintf("the thread runs at %d", prio), func() bool { return effective(tid) == prio })
}

// waits waits until the thread sleeps in FUTEX_LOCK_PI2.
func waits(t *testing.T, tid int) {
	t.Helper()
	eventually(t, "the thread waits for a lock", func() bool {
		fields := strings.Fields(proc(tid, "syscall"))
		return len(fields) > 2 && fields[2] == "0x8d" // with FUTEX_PRIVATE_FLAG
	})
}

// panics runs fn on a thread and returns what it panics with.
func (c *crew) panics(fn func(*rt.Thread)) any {
	c.t.Helper()
	said := make(chan any, 1)
	c.run(5, func(th *rt.Thread) {
		defer func() { said <- recover() }()
		fn(th)
	})
	return <-said
}
