//go:build !interlock_off

package bbuf_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/bbuf"
	"github.com/interlock-go/interlock/internal/reported"
	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

// A context that can end makes every wait finite.
func TestRingWithAContextIsSilent(t *testing.T) {
	w := reported.During(t)
	b := kind{1, true}.filled()
	var m mutex.Mutex
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	registered := make(chan struct{})
	m.Lock()
	wg.Go(func() {
		defer b.Consumer()()
		close(registered)
		pass(&m)
	})
	<-registered
	waits(t, 1)
	time.AfterFunc(5*time.Millisecond, cancel)
	require.ErrorIs(t, b.Put(ctx, 1), context.Canceled)
	m.Unlock()
	wg.Wait()
	require.Empty(t, w.Of(lockorder.Deadlock))
}

func take(b *bbuf.Buffer[int]) error { _, err := b.Get(context.Background()); return err }

// A Get that waits behind calls which have been woken and do not run yet will be served by them: that its only producer blocks for ever
// afterwards is no deadlock, because the item is there.
func TestWaitBehindWokenCallsIsNoRing(t *testing.T) {
	w := reported.During(t)
	b := bbuf.Open[int](64, false)
	var m mutex.Mutex
	registered, put, did := make(chan struct{}), make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	runs := b.Woken()
	wg.Go(func() {
		defer b.Producer()()
		close(registered)
		<-put
		must(b.TryPut(1))
		close(did)
		pass(&m)
	})
	<-registered
	wg.Go(func() {
		m.Lock()
		defer m.Unlock()
		_, err := b.Get(context.Background())
		must(err)
	})
	waits(t, 1)
	close(put)
	<-did
	eventually(t, func() bool { return b.Len() == 0 || len(lockorder.Snapshot().Waits) == 2 })
	<-time.After(10 * time.Millisecond) // whoever closes a ring looks a moment after it is seen waiting
	runs()
	wg.Wait()
	require.Empty(t, w.Of(lockorder.Deadlock))
}
