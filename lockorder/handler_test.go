package lockorder_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/lockorder"
)

// example is an explained report with an ID of its own.
func example(name, id string) lockorder.Report {
	r := lockorder.Explain(examples()[name])
	r.ID = id
	return r
}

func TestHandlerGetsEachFindingOnce(t *testing.T) {
	defer lockorder.Reset(lockorder.State{})()
	var got []string
	lockorder.SetHandler(func(r lockorder.Report) { got = append(got, r.ID) })
	for range 1000 {
		lockorder.Deliver(example("potential", "a"))
		lockorder.Deliver(example("guarded", "b"))
	}
	require.Equal(t, []string{"a", "b"}, got)
	require.Equal(t, uint64(999), lockorder.Snapshot().Findings[0].Repeats)
}

func TestHandlerThatPanicsLosesNothing(t *testing.T) {
	defer lockorder.Reset(lockorder.State{})()
	lockorder.SetHandler(func(lockorder.Report) { panic("mine") })
	require.PanicsWithValue(t, "mine", func() { lockorder.Deliver(example("potential", "a")) })
	require.Len(t, lockorder.Snapshot().Findings, 1)
	require.ErrorContains(t, lockorder.Find(), "interlock: potential:")

	var got []string
	lockorder.SetHandler(func(r lockorder.Report) { got = append(got, r.ID) })
	lockorder.Deliver(example("potential", "b"))
	require.Equal(t, []string{"b"}, got)
}

// A handler may use everything of this package, also from findings of its own.
func TestHandlerMayCallBack(t *testing.T) {
	defer lockorder.Reset(lockorder.State{})()
	var mu sync.Mutex
	depth := 0
	lockorder.SetHandler(func(r lockorder.Report) {
		mu.Lock()
		depth++
		mu.Unlock()
		if r.ID == "a" {
			lockorder.Deliver(example("guarded", "b"))
		}
		require.Error(t, lockorder.Find(lockorder.FailOn(r.Tier)))
		lockorder.Snapshot()
		lockorder.Ignore(lockorder.WithID("c"))
		lockorder.SetHandler(nil)
	})
	lockorder.Deliver(example("potential", "a"))
	require.Equal(t, 2, depth)
}

func TestHandlersRunSideBySide(t *testing.T) {
	defer lockorder.Reset(lockorder.State{})()
	var both, done sync.WaitGroup
	both.Add(2)
	lockorder.SetHandler(func(lockorder.Report) {
		both.Done()
		both.Wait()
	})
	for _, id := range []string{"a", "b"} {
		done.Go(func() { lockorder.Deliver(example("potential", id)) })
	}
	done.Wait()
	require.Len(t, lockorder.Snapshot().Findings, 2)
}
