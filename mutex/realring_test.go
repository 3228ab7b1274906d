//go:build !interlock_off

//lint:file-ignore SA2001 what is tried is locking, not what is locked

package mutex_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

// soon is how long after the last goroutine has blocked a ring may stay untold.
const soon = 10 * time.Millisecond

// ring is n goroutines, each with a lock of its own, that then ask for the next one's. The last
// one asks when all others are blocked.
type ring struct {
	locks   []mutex.Mutex
	between func(i int) // called with locks[i] held, before the next is asked for

	asked   time.Time // when the last one asked
	told    time.Time // when the ring was reported
	teller  string    // the stack on which it was
	lineOwn int       // where each takes its own lock
	lineAsk int       // where it asks for the next
}

func newRing(n int) *ring { return &ring{locks: make([]mutex.Mutex, n), between: func(int) {}} }

// close closes the ring, waits for the report and breaks it by a hand-off.
func (r *ring) close(t *testing.T, w *watch) {
	t.Helper()
	lockorder.SetHandler(func(rep lockorder.Report) {
		r.told = time.Now()
		buf := make([]byte, 16<<10)
		r.teller = string(buf[:runtime.Stack(buf, false)])
		w.Take(rep)
	})
	n := len(r.locks)
	var all, ready sync.WaitGroup
	ready.Add(n)
	goOn := make([]chan struct{}, n)
	for i := range n {
		goOn[i] = make(chan struct{})
		all.Go(func() { r.member(i, ready.Done, goOn[i]) })
	}
	ready.Wait()
	for i := range n - 1 {
		close(goOn[i])
	}
	waiters(t, n-1)
	require.Empty(t, w.All(), "it is not closed yet")
	close(goOn[n-1])
	reported := w.Arrives()
	r.locks[0].Unlock() // a hand-off: legal, and the way out
	all.Wait()
	require.True(t, reported)
}

// member takes lock i and then the next. Lock 0 is unlocked by who breaks the ring.
func (r *ring) member(i int, ready func(), goOn <-chan struct{}) {
	own, next := &r.locks[i], &r.locks[(i+1)%len(r.locks)]
	r.own(own, i)
	ready()
	<-goOn
	r.between(i)
	r.ask(next, i)
	next.Unlock()
	if i != 0 {
		own.Unlock()
	}
}

//go:noinline
func (r *ring) own(m *mutex.Mutex, i int) {
	if i == len(r.locks)-1 {
		r.lineOwn = line() + 2
	}
	m.Lock()
}

//go:noinline
func (r *ring) ask(m *mutex.Mutex, i int) {
	if i == len(r.locks)-1 {
		r.lineAsk, r.asked = line()+2, time.Now()
	}
	m.Lock()
}

// line is the line of the call.
func line() int {
	_, _, l, _ := runtime.Caller(1)
	return l
}

func TestRealRings(t *testing.T) {
	for n := 2; n <= 64; n++ {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			// The machine may be busy with something else just then, so the best of a few counts.
			best := time.Hour
			for range 5 {
				w := detect(t)
				r := newRing(n)
				r.close(t, w)
				r.check(t, w.Only(lockorder.Deadlock))
				if best = min(best, r.told.Sub(r.asked)); best < soon {
					break
				}
			}
			require.Less(t, best, soon)
		})
	}
}

// check looks at every goroutine's part.
func (r *ring) check(t *testing.T, rep lockorder.Report) {
	t.Helper()
	n := len(r.locks)
	require.Equal(t, lockorder.KindRing, rep.Kind)
	require.Len(t, rep.Edges, n)
	require.Contains(t, r.teller, "mutex_test.(*ring).ask", "the last one tells, no timer and nobody else")
	goroutines := map[uint64]bool{}
	for i, e := range rep.Edges {
		goroutines[e.Goroutine] = true
		require.Equal(t, e.Want.Lock, rep.Edges[(i+1)%n].Held[0].Lock)
		require.Equal(t, r.lineOwn, e.Held[0].Stack[0].Line)
		require.Equal(t, r.lineAsk, e.Want.Stack[0].Line)
		for j, f := range []string{"(*ring).ask", "(*ring).member", "(*ring).close."} {
			require.Contains(t, e.Want.Stack[j].Func, f)
			require.True(t, strings.HasSuffix(e.Want.Stack[j].File, "mutex/realring_test.go"))
		}
	}
	require.Len(t, goroutines, n)
}

func TestAlmostARing(t *testing.T) {
	w := detect(t)
	const n = 8
	var l [n]mutex.Mutex
	var all, ready sync.WaitGroup
	ready.Add(n - 1)
	goOn := make(chan struct{})
	l[n-1].Lock()
	for i := range n - 1 {
		all.Go(func() {
			l[i].Lock()
			ready.Done()
			<-goOn
			nest(&l[i+1])
			l[i].Unlock()
		})
	}
	ready.Wait()
	close(goOn)
	waiters(t, n-1)
	l[n-1].Unlock()
	all.Wait()
	w.Want(nothing)
}

// A reader holds what a writer waits for, and waits behind that writer for what the other way
// round a second reader holds.
func TestRingOfReadersAndWriters(t *testing.T) {
	w := detect(t)
	var a, b mutex.RWMutex
	var all, inside sync.WaitGroup
	inside.Add(2)
	goOn := [2]chan struct{}{make(chan struct{}), make(chan struct{})}
	reader := func(i int, own, next *mutex.RWMutex) func() {
		return func() {
			own.RLock()
			inside.Done()
			<-goOn[i]
			next.RLock()
			next.RUnlock()
			if i != 0 {
				own.RUnlock()
			}
		}
	}
	all.Go(reader(0, &a, &b))
	all.Go(reader(1, &b, &a))
	inside.Wait()
	all.Go(nesting(&a))
	all.Go(nesting(&b))
	waiters(t, 2)
	close(goOn[0])
	waiters(t, 3)
	require.NotEqual(t, lockorder.Deadlock, w.Gravest())
	close(goOn[1])
	require.Eventually(t, func() bool { return w.Gravest() == lockorder.Deadlock }, patience, time.Millisecond)
	a.RUnlock()
	all.Wait()
	require.Len(t, w.Want(lockorder.Deadlock).Edges, 4)
}

func TestReadersWithoutAWriterAreNoRing(t *testing.T) {
	w := detect(t)
	var a, b mutex.RWMutex
	var all, inside sync.WaitGroup
	inside.Add(2)
	reader := func(own, next *mutex.RWMutex) func() {
		return func() {
			own.RLock()
			inside.Done()
			inside.Wait()
			nest(next.RLocker())
			own.RUnlock()
		}
	}
	all.Go(reader(&a, &b))
	all.Go(reader(&b, &a))
	all.Wait()
	w.Only(lockorder.NeedsWriter)
}

// Ring through what RLocker returns: a reader by RLocker and a writer of the other.
func TestRingThroughRLocker(t *testing.T) {
	w := detect(t)
	var m mutex.Mutex
	var rw mutex.RWMutex
	w.meet(func(pause func()) {
		rw.RLocker().Lock()
		pause()
		nest(&m)
		rw.RLocker().Unlock()
	}, func() { m.Lock(); nest(&rw) }, m.Unlock)
	w.Only(lockorder.Deadlock)
}

func TestRingThroughOnce(t *testing.T) {
	w := detect(t)
	var m mutex.Mutex
	var once mutex.Once
	w.meet(func(pause func()) {
		once.Do(func() { pause(); nest(&m) })
	}, func() {
		m.Lock()
		once.Do(func() { panic("a second time") })
	}, m.Unlock)
	r := w.Only(lockorder.Deadlock)
	types := []string{r.Edges[0].Want.Lock.Type, r.Edges[1].Want.Lock.Type}
	require.ElementsMatch(t, []string{"Mutex", "Once"}, types)
}

func TestOnceOrder(t *testing.T) {
	var m mutex.Mutex
	var first, second mutex.Once
	w := detect(t)
	// The second goroutine comes while the function runs, or it would take no lock.
	inside, asked := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		first.Do(func() {
			close(inside)
			<-asked
			nest(&m)
		})
	})
	<-inside
	elsewhere(func() {
		second.Do(func() { nest(&m) })
		close(asked)
	})
	all.Wait()
	w.Want(nothing)
}
