//go:build !interlock_off

package wakers_test

import (
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/interlock-go/interlock/internal/reported"
	"github.com/interlock-go/interlock/internal/wakers"
	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

// patience bounds every wait. Nothing waits that long unless it is broken.
const patience = 10 * time.Second

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var kind = wakers.NewKind("Event")

func TestWhatNobodyWatchesTakesOneWord(t *testing.T) {
	var e wakers.Event
	require.Equal(t, unsafe.Sizeof(uintptr(0)), unsafe.Sizeof(e))
	e.Acted()
	e.Hazard(kind)
	require.False(t, e.Watched())
	var none *wakers.Ticket
	none.Block()
	none.Woken()
	none.Served()
	none.Unblock()
}

func TestHazardIsReportedWhereTheProgramCalls(t *testing.T) {
	w := reported.During(t)
	var e wakers.Event
	var m mutex.Mutex
	m.Lock()
	e.Hazard(kind)
	m.Unlock()
	e.Hazard(kind)
	all := w.Of(lockorder.Hazard)
	require.Len(t, all, 1)
	require.Contains(t, all[0].Edges[0].Want.Stack[0].File, "testing.go", "who calls this package, which is the client here")
	require.Equal(t, "Event", all[0].Edges[0].Want.Lock.Type)
	require.False(t, e.Watched(), "a hazard is no promise about wakers")
}

// stuck makes a waker of e that waits for a lock which the caller holds until it calls release.
func stuck(t *testing.T, e *wakers.Event) (release func()) {
	var m mutex.Mutex
	var wg sync.WaitGroup
	registered := make(chan struct{})
	m.Lock()
	wg.Go(func() {
		defer e.Register()()
		close(registered)
		m.Lock()
		defer m.Unlock()
	})
	<-registered
	require.Eventually(t, func() bool { return len(lockorder.Snapshot().Waits) == 1 }, patience, time.Millisecond)
	return func() {
		m.Unlock()
		wg.Wait()
	}
}

// The only waker waits for a lock that the waiting call has kept.
func TestRingIsReportedByWhoBlocks(t *testing.T) {
	for _, ring := range []bool{true, false} {
		w := reported.During(t)
		var e wakers.Event
		release := stuck(t, &e)
		require.True(t, e.Watched())
		ticket := e.Ticket(kind)
		if !ring {
			ticket.Served() // before it was published
		}
		ticket.Block()
		ticket.Unblock()
		release()
		if !ring {
			require.Empty(t, w.Of(lockorder.Deadlock))
			continue
		}
		r, _ := w.Await(lockorder.Deadlock)
		require.Len(t, r.Edges, 2)
	}
}

// A waker that has taken back what it said does not count, though it runs.
func TestRegistrationCanBeTakenBack(t *testing.T) {
	for _, taken := range []bool{true, false} {
		w := reported.During(t)
		var e wakers.Event
		release := stuck(t, &e)
		registered, end := make(chan struct{}), make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() {
			done := e.Register()
			if taken {
				done()
			}
			close(registered)
			<-end
		})
		<-registered
		ticket := e.Ticket(kind)
		ticket.Block()
		ticket.Unblock()
		close(end)
		wg.Wait()
		release()
		if taken {
			w.Await(lockorder.Deadlock)
		} else {
			require.Empty(t, w.Of(lockorder.Deadlock))
		}
	}
}

// Whoever acts without having registered makes nothing certain any more.
func TestWhoActsUnregisteredMakesItUncertain(t *testing.T) {
	for name, act := range map[string]func(*wakers.Event){
		"Acted": func(e *wakers.Event) { e.Acted() },
		"Woken": func(e *wakers.Event) { e.Ticket(kind).Woken() },
		"":      func(*wakers.Event) {},
	} {
		w := reported.During(t)
		var e wakers.Event
		release := stuck(t, &e)
		act(&e)
		ticket := e.Ticket(kind)
		ticket.Block()
		ticket.Unblock()
		release()
		if name == "" {
			w.Await(lockorder.Deadlock)
		} else {
			require.Empty(t, w.Of(lockorder.Deadlock), name)
		}
	}
}
