//go:build !interlock_off

//lint:file-ignore SA2001 what is tried is locking, not what is locked

package engine_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/internal/engine"
	"github.com/interlock-go/interlock/internal/goroutine"
	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

func TestConditionWaitIsRefusedAtOnce(t *testing.T) {
	w, m, g, a, b := embrace(t)
	b.asks(m)
	blocked(t, 1)
	a.does(func() {
		f, err := g.passContext(t.Context())
		require.NoError(t, err)
		require.NotNil(t, f)
		require.True(t, f.Refused)
		require.Empty(t, g.queue)
		m.Unlock()
	})
	blocked(t, 0)
	w.silent()
}

// A ring that a plain Lock closes is broken at the wait that agreed to it.
func TestWaitingConditionIsRefused(t *testing.T) {
	w, m, g, a, b := embrace(t)
	refused := make(chan *engine.Finding, 1)
	a.begins(func() {
		f, _ := g.passContext(t.Context())
		m.Unlock()
		refused <- f
	})
	blocked(t, 1)
	b.does(func() { m.Lock(); m.Unlock() })
	f := <-refused
	require.NotNil(t, f)
	require.True(t, f.Refused)
	w.silent()
}

// So is one that a wait for the condition closes, at a LockContext that waits.
func TestLockContextOnARingWithAConditionIsRefused(t *testing.T) {
	w, m, g, a, b := embrace(t)
	refused := make(chan error, 1)
	b.begins(func() {
		refused <- mutex.LockContext(t.Context(), m)
		g.open()
	})
	blocked(t, 1)
	a.does(func() { g.pass(); m.Unlock() })
	var deadlock *lockorder.DeadlockError
	require.ErrorAs(t, <-refused, &deadlock)
	require.Contains(t, deadlock.Report.Summary, "a wait with a context was refused")
	w.silent()
}

func TestCancelledWaitLeavesNothingBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := detect(t)
		var g gate
		cause := errors.New("lunch")
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, cause)
		defer cancel()
		go g.guard()
		synctest.Wait()
		f, err := g.passContext(ctx)
		if goroutine.Direct {
			require.NotNil(t, f, "the only waker has finished")
		} else {
			require.ErrorIs(t, err, cause)
		}
		require.Empty(t, g.queue)
		require.Empty(t, lockorder.Snapshot().Waits)
		w.silent()
	})
}
