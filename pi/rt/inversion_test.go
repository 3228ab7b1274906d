//go:build linux

package rt_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/pi/rt"
)

// The inversion: L holds a lock, H waits for it, at the end of a chain of owners that wait themselves, and M, between
// them in priority, computes. Everything is on one processor, in a process of its own that has more Ps than
// threads, without collections.

const (
	hold   = 4 * time.Millisecond  // L's critical section, in processor time
	burn   = 40 * time.Millisecond // M's work
	depths = 8
	rounds = 5
)

func init() {
	machines["inversion"] = func() {
		for depth := 1; depth <= depths; depth++ {
			printWaits(strconv.Itoa(depth), func(work time.Duration) time.Duration {
				return invert(make([]inherits, depth), work)
			})
		}
		printWaits("plain", func(work time.Duration) time.Duration { return invert(make([]plain, 1), work) })
	}
}

// printWaits prints H's median wait without and with M's work, which alternate.
func printWaits(name string, wait func(time.Duration) time.Duration) {
	var without, with []time.Duration
	for range rounds {
		without, with = append(without, wait(0)), append(with, wait(burn))
	}
	slices.Sort(without)
	slices.Sort(with)
	fmt.Println(name, int64(without[rounds/2]), int64(with[rounds/2]))
}

// locked is a lock of either kind.
type locked[T any] interface {
	*T
	lock(*rt.Thread)
	unlock(*rt.Thread)
}

type inherits struct{ m rt.Mutex }

func (l *inherits) lock(th *rt.Thread)   { must(l.m.Lock(th)) }
func (l *inherits) unlock(th *rt.Thread) { l.m.Unlock(th) }

// plain is a lock on the kernel's ordinary futex: whoever waits sleeps as well, and lends nothing. Every unlock
// wakes one, which is enough here.
type plain struct{ word atomic.Uint32 }

func (l *plain) lock(*rt.Thread) {
	const futexWait = 0
	for !l.word.CompareAndSwap(0, 1) {
		_, _, _ = syscall.Syscall6(syscall.SYS_FUTEX, uintptr(unsafe.Pointer(&l.word)), futexWait, 1, 0, 0, 0)
	}
}

func (l *plain) unlock(*rt.Thread) {
	const futexWake = 1
	l.word.Store(0)
	_, _, _ = syscall.RawSyscall6(syscall.SYS_FUTEX, uintptr(unsafe.Pointer(&l.word)), futexWake, 1, 0, 0, 0)
}

// invert runs the story once and returns how long H has waited.
func invert[T any, L locked[T]](locks []T, work time.Duration) (waited time.Duration) {
	const apart = 150 * time.Microsecond // between one arrival and the next
	start := clock(monotonic) + 10*time.Millisecond
	var all sync.WaitGroup
	arrive := func(number, prio int, fn func(*rt.Thread)) {
		all.Add(1)
		must(rt.Go(prio, func(th *rt.Thread) {
			defer all.Done()
			sleepUntil(start + time.Duration(number)*apart)
			fn(th)
		}))
	}
	arrive(0, 10, func(th *rt.Thread) { // L
		L(&locks[0]).lock(th)
		compute(hold)
		L(&locks[0]).unlock(th)
	})
	for i := 1; i < len(locks); i++ {
		arrive(i, 10+i, func(th *rt.Thread) {
			L(&locks[i]).lock(th)
			L(&locks[i-1]).lock(th)
			L(&locks[i-1]).unlock(th)
			L(&locks[i]).unlock(th)
		})
	}
	last := len(locks) - 1
	arrive(last+1, 60, func(th *rt.Thread) { // H
		asked := clock(monotonic)
		L(&locks[last]).lock(th)
		waited = clock(monotonic) - asked
		L(&locks[last]).unlock(th)
	})
	arrive(last+2, 50, func(*rt.Thread) { compute(work) }) // M
	all.Wait()
	return waited
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// The kernel's clocks.
const (
	monotonic     = 1
	ofThisThread  = 3
	timerAbsolute = 1
)

func clock(id uintptr) time.Duration {
	var now syscall.Timespec
	_, _, _ = syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, id, uintptr(unsafe.Pointer(&now)), 0)
	return time.Duration(now.Nano())
}

// sleepUntil sleeps in the kernel: a goroutine of the runtime's timers would be woken by a thread without a priority.
func sleepUntil(t time.Duration) {
	until := syscall.NsecToTimespec(int64(t))
	_, _, _ = syscall.Syscall6(syscall.SYS_CLOCK_NANOSLEEP, monotonic, timerAbsolute, uintptr(unsafe.Pointer(&until)), 0, 0, 0)
}

// compute uses d of processor time.
func compute(d time.Duration) {
	for end := clock(ofThisThread) + d; clock(ofThisThread) < end; {
	}
}

// H waits for L's critical section, whatever M does, at every depth. Without inheritance it waits for M.
func TestWaitIsFlatInWhatIsBetween(t *testing.T) {
	needRT(t)
	if raceDetector {
		t.Skip(spins)
	}
	out := machine(t, "inversion", allowed(t), "GOMAXPROCS=32", "GOGC=off")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	require.Len(t, lines, depths+1)
	for _, line := range lines {
		var name string
		var without, with time.Duration
		_, err := fmt.Sscan(line, &name, &without, &with)
		require.NoError(t, err)
		ratio := float64(with) / float64(without)
		t.Logf("%s: %v without M, %v with: %.3f×", name, without, with, ratio)
		if name == "plain" {
			require.Greater(t, with, burn, "the control shows no inversion")
			continue
		}
		require.LessOrEqual(t, ratio, 1.05, "depth %s", name)
	}
}
