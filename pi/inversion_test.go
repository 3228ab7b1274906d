package pi_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/pi"
)

// The inversion machine, on real goroutines: L holds the lock, H waits for it, and M, between them,
// refuses to finish until H has had it.

// patience is how many quanta M insists before it gives up and the round counts as lost.
const patience = 20

// round runs the machine once and returns how many quanta M had while H waited, and whether H
// had the lock before M gave up.
func round(t *testing.T, protocol pi.Protocol) (inverted int, won bool) {
	t.Helper()
	ctx := context.Background()
	e := pi.NewExecutor(pi.WithSlots(1), pi.WithProtocol(protocol))
	var m pi.Mutex
	var waits, had atomic.Bool
	held, come := make(chan bool), make(chan bool)
	e.Go(ctx, 1, func(_ context.Context, l *pi.Task) {
		m.Lock(l)
		close(held)
		<-come // in its slot
		for range 5 {
			l.Checkpoint()
		}
		m.Unlock(l)
	})
	<-held
	e.Go(ctx, 2, func(_ context.Context, task *pi.Task) {
		for n := 0; !had.Load(); n++ {
			if n == patience {
				return
			}
			if waits.Load() {
				inverted++
			}
			task.Checkpoint()
		}
		won = true
	})
	e.Go(ctx, 3, func(_ context.Context, h *pi.Task) {
		waits.Store(true)
		m.Lock(h)
		had.Store(true)
		m.Unlock(h)
	})
	close(come)
	require.NoError(t, e.Shutdown(ctx))
	return inverted, won
}

const rounds = 10_000

func TestInversionMachineEndsWithInheritance(t *testing.T) {
	for i := range rounds {
		inverted, won := round(t, pi.Inherit)
		require.True(t, won, "round %d", i)
		require.Zero(t, inverted, "round %d", i)
	}
}

// The control: without inheritance the same machine never ends.
func TestInversionMachineNeverEndsWithoutInheritance(t *testing.T) {
	for i := range rounds {
		inverted, won := round(t, pi.None)
		require.False(t, won, "round %d", i)
		require.Equal(t, patience, inverted, "round %d", i)
	}
}
