package goroutine_test

import (
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/goroutine"
)

const dump = `goroutine 1 [semacquire, 2 minutes]:
sync.runtime_Semacquire(0xc000012345?)
	/go/src/runtime/sema.go:114 +0x25
main.(*Server).Close(0xc00001)
	/src/with space/server.go:42 +0x1d
main.each[...].func1({0x1, 0x2}, ...)
	/src/each.go:7
main.main()
	/src/main.go:9 +0x99

goroutine 7 gp=0xc000 m=nil [sync.Mutex.Lock, locked to thread]:
sync.(*Mutex).Lock(...)
	C:/go/src/sync/mutex.go:46
example.com/a%2eb.F()
	C:/src/b.go:5 +0x1
created by main.(*Server).Serve in goroutine 1
	/src/server.go:17 +0x5

goroutine 9 [running]:
	goroutine running on other thread; stack unavailable
created by main.main in goroutine 1
	/src/main.go:8 +0x5

goroutine 12 [chan receive]:
main.f(0x9)
	/src/f.go:1 +0x1
...900 frames elided...
main.f(0x0)
	/src/f.go:2 +0x1
...additional frames elided...
created by main.main in goroutine 1
	/src/main.go:8 +0x5
`

func TestDumpIsRead(t *testing.T) {
	require.Equal(t, goroutine.Traces{
		{ID: 1, State: "semacquire, 2 minutes", Frames: []goroutine.Frame{
			{Func: "sync.runtime_Semacquire", File: "/go/src/runtime/sema.go", Line: 114},
			{Func: "main.(*Server).Close", File: "/src/with space/server.go", Line: 42},
			{Func: "main.each[...].func1", File: "/src/each.go", Line: 7},
			{Func: "main.main", File: "/src/main.go", Line: 9},
		}},
		{ID: 7, State: "sync.Mutex.Lock, locked to thread", Frames: []goroutine.Frame{
			{Func: "sync.(*Mutex).Lock", File: "C:/go/src/sync/mutex.go", Line: 46},
			{Func: "example.com/a%2eb.F", File: "C:/src/b.go", Line: 5},
		}},
		{ID: 9, State: "running"},
		{ID: 12, State: "chan receive", Frames: []goroutine.Frame{
			{Func: "main.f", File: "/src/f.go", Line: 1},
			{Func: "main.f", File: "/src/f.go", Line: 2},
		}},
	}, goroutine.Parse(dump))
}

// A dump is cut off where the memory for it ends.
func TestDumpThatIsCutOffIsReadAsFarAsItGoes(t *testing.T) {
	whole := goroutine.Parse(dump)
	for n := range dump {
		for i, g := range goroutine.Parse(dump[:n]) {
			if i+1 < len(goroutine.Parse(dump[:n])) {
				require.Equal(t, whole[i], g)
			}
			require.LessOrEqual(t, len(g.Frames), len(whole[i].Frames))
		}
	}
	require.Empty(t, goroutine.Parse(""))
	require.Empty(t, goroutine.Parse("goroutine x [running]:\nmain.main()\n\t/src/main.go:1\n"))
}

// deep calls itself, and at the bottom wait.
//
//go:noinline
func deep(levels int, wait func()) {
	if levels == 0 {
		wait()
		return
	}
	deep(levels-1, wait)
}

func TestAllFindsEveryGoroutine(t *testing.T) {
	const n = 200 // with the depth more than the first buffer holds
	var ready, done sync.WaitGroup
	end, ids := make(chan struct{}), make([]uint64, n)
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			ids[i] = goroutine.CurrentID()
			deep(i, func() { ready.Done(); <-end })
		})
	}
	ready.Wait()
	waits := func(g *goroutine.Trace) bool { return g != nil && g.State == "chan receive" }
	require.Eventually(t, func() bool { return waits(goroutine.All().Of(ids[n-1])) }, patience, time.Millisecond)
	all := goroutine.All()
	close(end)
	done.Wait()
	for i, id := range ids {
		g := all.Of(id)
		require.NotNil(t, g)
		for _, f := range g.Frames {
			require.True(t, strings.HasSuffix(f.File, ".go") && f.Line > 0 && !strings.Contains(f.Func, "elided"), "depth %d: %+v", i, f)
		}
		require.Greater(t, len(g.Frames), min(i, 90))
	}
	require.Nil(t, all.Of(1<<40))
}

//go:noinline
func here() (g *goroutine.Trace, pc uintptr) {
	var pcs [1]uintptr
	runtime.Callers(2, pcs[:])
	return goroutine.All().Of(goroutine.CurrentID()), pcs[0]
}

func TestFromLeavesOutWhatTheCallDid(t *testing.T) {
	g, pc := here()
	_, file, line, _ := runtime.Caller(0)
	require.NotNil(t, g)
	from := g.From(pc)
	require.NotEmpty(t, from)
	require.Less(t, len(from), len(g.Frames))
	require.Equal(t, goroutine.Frame{
		Func: "github.com/interlock-go/interlock/internal/goroutine_test.TestFromLeavesOutWhatTheCallDid", File: file, Line: line - 1,
	}, from[0])
	require.Equal(t, g.Frames, g.From(0), "a place that is not on it leaves it whole")
}
