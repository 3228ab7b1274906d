package engine

import (
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/hashtable"
)

// crowdAll has every page taken for a crowded one. Those of small objects are none: when the test is over no lock may join theirs.
func crowdAll(t *testing.T) {
	after, before := crowdedAfter, quick
	crowdedAfter, quick = 0, time.Hour
	t.Cleanup(func() {
		crowdedAfter, quick = after, before
		eng.mu.Lock()
		defer eng.mu.Unlock()
		eng.binding.pages, eng.binding.leaders = hashtable.Table{}, nil
		eng.binding.any.Store(false)
	})
}

// knownOf counts the locks of an array that the engine knows.
func knownOf(locks []Core) (n int) {
	for i := range locks {
		if _, ok := eng.locks.byID.Get(locks[i].identify()); ok {
			n++
		}
	}
	return n
}

// collected waits until the engine knows no more locks than so many.
func collected(t *testing.T, most int) {
	t.Helper()
	require.Eventually(t, func() bool {
		runtime.GC()
		return len(Snapshot().Locks) <= most
	}, 10*time.Second, time.Millisecond)
}

func nestAll(locks []Core) *Core {
	outer := new(Core)
	r := standIn(1)
	for i := range locks {
		r.nest(10, outer, &locks[i])
	}
	return outer
}

// With every page taken for a crowded one, all but the first lock of each go with that one.
func TestLocksOfAnArrayGoTogether(t *testing.T) {
	crowdAll(t)
	afresh(t)
	before := len(Snapshot().Locks)
	const n = 5000
	first, second := make([]Core, n), make([]Core, n)
	kept = [2][]Core{first, second}
	outer := nestAll(first)
	outer2 := nestAll(second)
	require.NotZero(t, eng.binding.pages.Len())
	require.Less(t, eng.binding.pages.Len(), 2*n*24>>pageShift+8, "one of each page has the clean-up")
	runtime.GC()
	require.Equal(t, 2*n, knownOf(first)+knownOf(second), "they are alive")

	kept = second
	first = nil
	collected(t, before+n+2)
	require.Equal(t, n, knownOf(second))

	kept, second = nil, nil
	collected(t, before+2)
	require.LessOrEqual(t, eng.binding.pages.Len(), 2, "of the outer locks, which are alive")
	runtime.KeepAlive(outer)
	runtime.KeepAlive(outer2)
}

func TestOnASlowMachineNoPageIsTakenForACrowdedOne(t *testing.T) {
	crowdAll(t)
	afresh(t)
	quick = 0
	locks := make([]Core, 100)
	outer := nestAll(locks)
	require.Zero(t, eng.binding.pages.Len())
	runtime.KeepAlive(outer)
}

// occupied keeps the runtime from calling clean-ups until it is told to go on.
func occupied(t *testing.T) (goOn func()) {
	began, end := make(chan struct{}), make(chan struct{})
	runtime.AddCleanup(new([64]byte), func(int) { close(began); <-end }, 0)
	require.Eventually(t, func() bool {
		runtime.GC()
		select {
		case <-began:
			return true
		default:
			return false
		}
	}, 10*time.Second, time.Millisecond)
	return func() { close(end) }
}

// inPlaceOf makes arrays until one lies where locks were whose clean-ups have not been called yet. It returns nil if
// the runtime has something else in mind.
func inPlaceOf(n int) []Core {
	made := make([][]Core, 500) // kept, so that each lies somewhere else
	for i := range made {
		made[i] = make([]Core, n)
		for k := range made[i] {
			if _, led := eng.binding.pages.Get(pageOf(&made[i][k])); led {
				return made[i]
			}
		}
	}
	return nil
}

// The runtime may use the memory of an array again before it has called the clean-ups of its locks.
func TestLocksOfAnArrayInThePlaceOfAnotherStay(t *testing.T) {
	if os.Getenv("GOMAXPROCS") != "1" { // with one processor it has one goroutine for all clean-ups
		child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		child.Env = append(os.Environ(), "GOMAXPROCS=1")
		out, err := child.CombinedOutput()
		require.NoError(t, err, "%s", out)
		return
	}
	crowdAll(t)
	afresh(t)
	before := len(Snapshot().Locks)
	const n = 10_000
	for range 50 {
		first := make([]Core, n)
		outer := nestAll(first)
		goOn := occupied(t)
		runtime.KeepAlive(first)
		runtime.GC()
		second := inPlaceOf(n)
		if second == nil {
			goOn()
			collected(t, before+1)
			continue
		}
		outer2 := nestAll(second)
		goOn()
		collected(t, before+n+2)
		require.Equal(t, n, knownOf(second), "they are alive")
		collected(t, before+2)
		require.LessOrEqual(t, eng.binding.pages.Len(), 2, "of the outer locks, which are alive")
		runtime.KeepAlive(outer)
		runtime.KeepAlive(outer2)
		return
	}
	t.Fatal("no memory was used again")
}

// A lock met only as an outer one has its clean-up bound when it is released, by whoever does that.
func TestLockReleasedByAnotherGoroutineIsForgotten(t *testing.T) {
	for name, release := range map[string]func(holder *Record, outer *Core) bool{
		"by its holder": (*Record).drop,
		"by another":    func(_ *Record, outer *Core) bool { return standIn(2).drop(outer) },
		"behind a goroutine that ended": func(holder *Record, outer *Core) bool {
			holder.leaveBehind()
			return standIn(2).drop(outer)
		},
	} {
		t.Run(name, func(t *testing.T) {
			afresh(t)
			before := len(Snapshot().Locks)
			func() {
				outer, inner := new(Core), new(Core)
				holder := standIn(1)
				holder.take(outer, 10)
				holder.take(inner, 11)
				require.True(t, holder.drop(inner))
				require.True(t, release(holder, outer))
			}()
			collected(t, before)
		})
	}
}
