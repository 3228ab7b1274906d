//go:build !interlock_off

package bbuf_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/bbuf"
	"github.com/interlock-go/interlock/internal/reported"
	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

// Who takes items without having said so makes nothing certain any more.
func TestUnregisteredConsumerMakesItUncertain(t *testing.T) {
	for name, consume := range map[string]func(b *bbuf.Buffer[int]){
		"TryGet": func(b *bbuf.Buffer[int]) { _, _ = b.TryGet() },
		"Drain":  func(b *bbuf.Buffer[int]) { b.Drain() },
	} {
		t.Run(name, func(t *testing.T) { unregisteredConsumer(t, consume) })
	}
}

func unregisteredConsumer(t *testing.T, consume func(b *bbuf.Buffer[int])) {
	w := reported.During(t)
	b := kind{1, true}.filled()
	var m mutex.Mutex
	registered := make(chan struct{})
	var wg sync.WaitGroup
	m.Lock()
	wg.Go(func() { must(b.Put(context.Background(), 1)) })
	wg.Go(func() {
		defer b.Consumer()()
		close(registered)
		pass(&m)
	})
	<-registered
	eventually(t, func() bool { put, _ := b.Waiting(); return put == 1 })
	consume(b) // lets the Put go
	eventually(t, func() bool { return b.Len() == 1 })
	time.AfterFunc(20*time.Millisecond, func() { _, _ = b.TryGet() })
	must(b.Put(context.Background(), 2))
	m.Unlock()
	wg.Wait()
	require.Empty(t, w.Of(lockorder.Deadlock))
}

// Who hands an item to a waiting call without having said so makes nothing certain any more, nor does who puts one when it is about to queue.
func TestUnregisteredProducerMakesItUncertain(t *testing.T) {
	for _, late := range []bool{false, true} {
		t.Run(fmt.Sprintf("late=%t", late), func(t *testing.T) { unregisteredProducer(t, late) })
	}
}

func unregisteredProducer(t *testing.T, late bool) {
	w := reported.During(t)
	b := kind{1, true}.open()
	var m mutex.Mutex
	registered := make(chan struct{})
	var wg sync.WaitGroup
	m.Lock()
	wg.Go(func() {
		defer b.Producer()()
		close(registered)
		pass(&m)
	})
	<-registered
	if late {
		require.False(t, b.PutLate(1))
		must(take(b))
	} else {
		wg.Go(func() { must(take(b)) })
		eventually(t, func() bool { _, get := b.Waiting(); return get == 1 })
		require.NoError(t, b.TryPut(1)) // lets the Get go
	}
	time.AfterFunc(20*time.Millisecond, func() { _ = b.TryPut(2) })
	must(take(b))
	m.Unlock()
	wg.Wait()
	require.Empty(t, w.Of(lockorder.Deadlock))
}
