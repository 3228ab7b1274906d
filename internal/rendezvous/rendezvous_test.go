package rendezvous_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/interlock-go/interlock/internal/rendezvous"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const limit = 100 * time.Millisecond

// locks of the plans below; each is taken at a place of its own.
const a, b, c = 1, 2, 3

func at(name string) rendezvous.Place { return rendezvous.Place{At: name} }

// ring is the plan of a cycle through places: the part i holds what is locked at held[i]
// and asks at want[i].
func ring(parts ...[2]string) rendezvous.Plan {
	p := rendezvous.Plan{Limit: limit, Budget: 100 * limit, Late: -1}
	for _, part := range parts {
		p.Parts = append(p.Parts, rendezvous.Part{Orders: []rendezvous.Order{{Held: at(part[0]), Want: at(part[1])}}})
	}
	return p
}

var pair = ring([2]string{"a1", "b1"}, [2]string{"b2", "a2"})

func lock(id uint64, place string) rendezvous.Lock { return rendezvous.Lock{ID: id, Place: at(place)} }

// caller is a goroutine that asks for want after a delay, with held in hand.
type caller struct {
	after time.Duration
	held  []rendezvous.Lock
	want  rendezvous.Lock
}

// pauses runs the callers in a bubble and returns when each went on, since the start.
func pauses(t *testing.T, plan rendezvous.Plan, callers ...caller) []time.Duration {
	t.Helper()
	left := make([]time.Duration, len(callers))
	synctest.Test(t, func(*testing.T) {
		m := rendezvous.New(plan)
		defer m.Close()
		start := time.Now()
		var wg sync.WaitGroup
		for i, one := range callers {
			wg.Go(func() {
				time.Sleep(one.after)
				m.Pause(uint64(i), one.held, one.want)
				left[i] = time.Since(start)
			})
		}
		wg.Wait()
	})
	return left
}

func holding(id uint64, place string) []rendezvous.Lock {
	return []rendezvous.Lock{lock(id, place)}
}

func TestPartnersWaitForOneAnother(t *testing.T) {
	left := pauses(t, pair, caller{0, holding(a, "a1"), lock(b, "b1")}, caller{limit / 2, holding(b, "b2"), lock(a, "a2")})
	require.Equal(t, []time.Duration{limit / 2, limit / 2}, left)
}

func TestARingOfThreeNeedsAllOfThem(t *testing.T) {
	plan := ring([2]string{"a1", "b1"}, [2]string{"b2", "c2"}, [2]string{"c3", "a3"})
	first, second := caller{0, holding(a, "a1"), lock(b, "b1")}, caller{10, holding(b, "b2"), lock(c, "c2")}
	require.Equal(t, []time.Duration{limit, limit + 10}, pauses(t, plan, first, second))
	last := caller{20, holding(c, "c3"), lock(a, "a3")}
	require.Equal(t, []time.Duration{20, 20, 20}, pauses(t, plan, first, second, last))
}

func TestAPauseEndsAtItsLimit(t *testing.T) {
	require.Equal(t, []time.Duration{limit}, pauses(t, pair, caller{0, holding(a, "a1"), lock(b, "b1")}))
}

// Two that are at the places with other locks would pass each other.
func TestOtherInstancesDoNotMeet(t *testing.T) {
	left := pauses(t, pair, caller{0, holding(a, "a1"), lock(b, "b1")}, caller{10, holding(7, "b2"), lock(a, "a2")})
	require.Equal(t, []time.Duration{limit, limit + 10}, left)
}

func TestOtherPlacesAndModesPass(t *testing.T) {
	read := rendezvous.Lock{ID: b, Place: rendezvous.Place{At: "b1", Read: true}}
	left := pauses(t, pair,
		caller{0, holding(a, "elsewhere"), lock(b, "b1")}, caller{0, holding(a, "a1"), lock(b, "elsewhere")},
		caller{0, holding(a, "a1"), read}, caller{0, nil, lock(b, "b1")}, caller{0, holding(a, "a1"), lock(a, "b1")})
	require.Equal(t, make([]time.Duration, 5), left)
}

// Several goroutines at one place with different locks: the one with the right ones meets.
func TestTheRightOneIsPicked(t *testing.T) {
	same := ring([2]string{"from", "to"}, [2]string{"from", "to"}) // as a transfer between two accounts
	left := pauses(t, same,
		caller{0, holding(a, "from"), lock(b, "to")}, caller{1, holding(c, "from"), lock(b, "to")},
		caller{2, holding(b, "from"), lock(c, "to")})
	require.Equal(t, []time.Duration{limit, 2, 2}, left)
}

// A reader waits behind a writer only if the writer waits already.
func TestWhoWaitsBehindAWriterGoesAfterIt(t *testing.T) {
	plan := ring([2]string{"r1", "b1"}, [2]string{"b2", "r2"}, [2]string{"", "w3"})
	plan.Parts[2].Queued = true
	left := pauses(t, plan, caller{0, holding(a, "r1"), lock(b, "b1")}, caller{0, holding(b, "b2"), lock(a, "r2")}, caller{10, nil, lock(a, "w3")})
	require.Equal(t, left[0], left[2])
	require.Equal(t, time.Duration(10), left[2])
	require.Greater(t, left[1], left[2])
	require.Less(t, left[1], limit)
}

func TestTheBudgetBoundsAllPauses(t *testing.T) {
	plan := pair
	plan.Budget = 2 * limit
	var callers []caller
	for range 50 {
		callers = append(callers, caller{0, holding(a, "a1"), lock(b, "b1")})
	}
	held := 0
	for _, left := range pauses(t, plan, callers...) {
		require.LessOrEqual(t, left, limit)
		if left > 0 {
			held++
		}
	}
	require.Equal(t, 2, held)
}

// A goroutine in a loop is held up the less, the more often it was in vain.
func TestALoopTiresOfPausing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := rendezvous.New(pair)
		defer m.Close()
		start := time.Now()
		for range 1000 {
			m.Pause(1, holding(a, "a1"), lock(b, "b1"))
		}
		require.GreaterOrEqual(t, time.Since(start), 3*limit)
		require.LessOrEqual(t, time.Since(start), 20*limit)
	})
}

// The late part is held up before it has its lock, no longer than the limit.
func TestTheLatePartIsHeldUpBefore(t *testing.T) {
	plan := pair
	plan.Late = 0
	left := pauses(t, plan, caller{0, nil, lock(a, "a1")}, caller{0, nil, lock(b, "b2")})
	require.Greater(t, left[0], time.Duration(0))
	require.LessOrEqual(t, left[0], limit)
	require.Zero(t, left[1])
}

func TestCloseLetsEverybodyGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := rendezvous.New(pair)
		start := time.Now()
		var wg sync.WaitGroup
		wg.Go(func() { m.Pause(1, holding(a, "a1"), lock(b, "b1")) })
		synctest.Wait()
		m.Close()
		wg.Wait()
		m.Pause(2, holding(a, "a1"), lock(b, "b1"))
		require.Zero(t, time.Since(start))
	})
}

// The clock of a bubble stands still while somebody in it waits for a lock that a
// paused goroutine holds, so the pause must not go by it.
func TestAPauseInABubbleEnds(t *testing.T) {
	plan := pair
	plan.Limit = 20 * time.Millisecond
	m := rendezvous.New(plan)
	defer m.Close()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var wg sync.WaitGroup
		start := time.Now()
		mu.Lock()
		wg.Go(func() {
			mu.Lock()
			mu.Unlock() //lint:ignore SA2001 it is waited for
		})
		m.Pause(1, holding(a, "a1"), lock(b, "b1"))
		mu.Unlock()
		wg.Wait()
		require.Zero(t, time.Since(start), "by the bubble's clock")
	})
}

func TestParse(t *testing.T) {
	p, err := rendezvous.Parse([]byte(`{"parts":[{"orders":[{"held":{"at":"x:1"},"want":{"at":"y:2"}}]},{}],"limit":5,"budget":9,"late":1}`))
	require.NoError(t, err)
	require.True(t, p.Watches("y:2"))
	require.False(t, p.Watches("x:1"))
	p.Late = 0
	require.True(t, p.Watches("x:1"))
	for _, bad := range []string{
		``, `{}`, `{"parts":[{}],"limit":1,"budget":1}`, `{"parts":[{},{}],"budget":1}`,
		`{"parts":[{},{}],"limit":2,"budget":1}`, `{"parts":[{},{}],"limit":1,"budget":1,"late":2}`,
	} {
		_, err := rendezvous.Parse([]byte(bad))
		require.Error(t, err, bad)
	}
}
