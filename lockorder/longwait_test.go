package lockorder_test

import (
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/lockorder"
)

const dump = `goroutine 12 gp=0xc000002380 m=nil [chan receive, 2 minutes]:
runtime.gopark(0x1?, 0x2?)
	/go/src/runtime/proc.go:435 +0xce fp=0xc1 sp=0xc2
example.com/svc/cache.(*Cache).fetch(0xc000012345, {0x0, 0x0})
	/src/svc/cache/fetch.go:12 +0x1d
example.com/svc/cache.(*Cache).Put(...)
	/src/svc/cache/cache.go:50
created by example.com/svc/cache.New in goroutine 7
	/src/svc/cache/cache.go:20 +0x88

goroutine 13 [running]:
main.main()
	/src/svc/main.go:3 +0x1

goroutine 14 [sync.Mutex.Lock]:
main.other()
	/src/svc/main.go:9 +0x1
created by main.main
	/src/svc/main.go:2 +0x1
goroutine x [odd]:
goroutine 15 [select]
`

func TestDumpIsRead(t *testing.T) {
	all := lockorder.ParseDump(dump)
	require.Len(t, all, 3)
	require.Equal(t, lockorder.Standing{
		ID: 12, State: "chan receive, 2 minutes", Creator: "example.com/svc/cache.New", Parent: 7, Blocked: true,
		Stack: []lockorder.Frame{
			{Func: "runtime.gopark", File: "/go/src/runtime/proc.go", Line: 435},
			frame("cache.(*Cache).fetch", "cache/fetch.go", 12), frame("cache.(*Cache).Put", "cache/cache.go", 50),
		},
	}, all[0])
	require.False(t, all[1].Blocked)
	require.Equal(t, "main.main", all[2].Creator)
	require.Zero(t, all[2].Parent)
}

func TestDumpOfThisProcessIsRead(t *testing.T) {
	stop, started := make(chan struct{}), make(chan struct{})
	done := make(chan struct{})
	go func() { defer close(done); close(started); <-stop }()
	<-started
	buf := make([]byte, 1<<20)
	all := lockorder.ParseDump(string(buf[:runtime.Stack(buf, true)]))
	close(stop)
	<-done
	require.Equal(t, "running", all[0].State)
	require.Equal(t, "github.com/interlock-go/interlock/lockorder_test.TestDumpOfThisProcessIsRead", all[0].Stack[0].Func)
	found := false
	for _, g := range all[1:] {
		found = found || strings.HasSuffix(g.Creator, ".TestDumpOfThisProcessIsRead") && g.Parent == all[0].ID
	}
	require.True(t, found)
}

func FuzzParseDump(f *testing.F) {
	f.Add(dump)
	f.Add("goroutine 1 []:\n\t:\n\tx:9\ncreated by  in goroutine \n(\n)")
	f.Fuzz(func(t *testing.T, text string) {
		for _, g := range lockorder.ParseDump(text) {
			for _, frame := range g.Stack {
				require.NotEmpty(t, frame.Func)
				require.GreaterOrEqual(t, frame.Line, 0)
			}
		}
	})
}

// waitingFor is a state in which 15 waits for a lock that holder holds.
func waitingFor(holder, seq uint64) lockorder.State {
	r := examples()["hazard-long-wait"]
	hold := r.Edges[1].Held[0]
	return lockorder.State{
		Waits: []lockorder.Wait{{Goroutine: 15, Want: r.Edges[0].Want, Holders: []uint64{holder}, Seq: seq}},
		Held:  []lockorder.HeldLock{{Goroutine: holder, Hold: hold}},
	}
}

func TestLongWaitIsReportedIfTheHolderIsBlockedOrGone(t *testing.T) {
	const limit = 10 * time.Second
	at := func(s int, state lockorder.State) lockorder.Tick {
		return lockorder.Tick{Now: time.Unix(int64(s), 0), State: state}
	}
	chained := waitingFor(12, 1)
	chained.Waits = append(chained.Waits, lockorder.Wait{Goroutine: 12, Seq: 1, Want: locked(aMutex(77, "other"))})
	crowd := waitingFor(12, 1)
	crowd.Waits = append(crowd.Waits, lockorder.Wait{Goroutine: 16, Seq: 1, Want: crowd.Waits[0].Want})
	for _, c := range []struct {
		name  string
		ticks []lockorder.Tick
		want  int
	}{
		{"holder blocked", []lockorder.Tick{at(0, waitingFor(12, 1)), at(10, waitingFor(12, 1))}, 1},
		{"holder gone", []lockorder.Tick{at(0, waitingFor(99, 1)), at(10, waitingFor(99, 1))}, 1},
		{"holder at work", []lockorder.Tick{at(0, waitingFor(13, 1)), at(10, waitingFor(13, 1))}, 0},
		{"holder waits for a lock", []lockorder.Tick{at(0, chained), at(10, chained)}, 0},
		{"too early", []lockorder.Tick{at(0, waitingFor(12, 1)), at(9, waitingFor(12, 1))}, 0},
		{"another wait", []lockorder.Tick{at(0, waitingFor(12, 1)), at(10, waitingFor(12, 2))}, 0},
		{"waited twice", []lockorder.Tick{at(0, waitingFor(12, 1)), at(5, lockorder.State{}), at(10, waitingFor(12, 1))}, 0},
		{"two waiters of one lock", []lockorder.Tick{at(0, crowd), at(10, crowd)}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Len(t, lockorder.LongWaits(limit, dump, c.ticks...), c.want)
		})
	}
}

func TestWatcherTellsALongWaitOnce(t *testing.T) {
	defer lockorder.Reset(waitingFor(99, 1))()
	var got []lockorder.Report
	lockorder.SetHandler(func(r lockorder.Report) { got = append(got, r) })
	synctest.Test(t, func(t *testing.T) {
		stop := make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() { lockorder.WatchWaits(10*time.Second, stop) })
		time.Sleep(9 * time.Second)
		synctest.Wait()
		require.Empty(t, lockorder.Snapshot().Findings)
		time.Sleep(time.Minute)
		close(stop)
		wg.Wait()
	})
	require.Len(t, got, 1)
	require.Equal(t, lockorder.KindLongWait, got[0].Kind)
}

func TestLongWaitSaysWhatTheHolderDoes(t *testing.T) {
	state := waitingFor(12, 1)
	reports := lockorder.LongWaits(10*time.Second, dump,
		lockorder.Tick{Now: time.Unix(0, 0), State: state}, lockorder.Tick{Now: time.Unix(10, 0), State: state},
		lockorder.Tick{Now: time.Unix(20, 0), State: state})
	require.Len(t, reports, 2)
	require.Equal(t, reports[0].ID, reports[1].ID, "one finding, however long it lasts")
	want := lockorder.Explain(examples()["hazard-long-wait"])
	want.ID = reports[0].ID
	require.Equal(t, want.String(), reports[0].String())
}
