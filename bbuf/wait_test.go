package bbuf_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/bbuf"
)

// bubbles runs a test for every kind, in a bubble. There synctest.Wait returns when
// everybody is parked, so it also shows that they are durably blocked.
func bubbles(t *testing.T, test func(t *testing.T, k kind)) {
	each(t, func(t *testing.T, k kind) { synctest.Test(t, func(t *testing.T) { test(t, k) }) })
}

// result is what a call in another goroutine returned.
type result struct {
	v   int
	n   int
	err error
}

func putLater(ctx context.Context, b *bbuf.Buffer[int], v int) <-chan result {
	c := make(chan result, 1)
	go func() { c <- result{v: v, err: b.Put(ctx, v)} }()
	synctest.Wait()
	return c
}

func getLater(ctx context.Context, b *bbuf.Buffer[int]) <-chan result {
	c := make(chan result, 1)
	go func() {
		v, err := b.Get(ctx)
		c <- result{v: v, err: err}
	}()
	synctest.Wait()
	return c
}

func TestPutWaitsWhileFull(t *testing.T) {
	bubbles(t, func(t *testing.T, k kind) {
		c := k.capacity
		b := k.filled()
		done := putLater(t.Context(), b, c)
		require.Empty(t, done)
		require.Equal(t, c, b.Len(), "what waits does not count")
		for i := range c + 1 {
			v, err := b.Get(t.Context())
			require.NoError(t, err)
			require.Equal(t, i, v)
		}
		require.NoError(t, (<-done).err)
	})
}

func TestGetWaitsWhileEmpty(t *testing.T) {
	bubbles(t, func(t *testing.T, k kind) {
		b := k.open()
		done := getLater(t.Context(), b)
		require.Empty(t, done)
		require.NoError(t, b.Put(t.Context(), 7))
		require.Equal(t, result{v: 7}, <-done)
		require.Zero(t, b.Len())
	})
}

func TestWaitersAreServedFirstInFirstOut(t *testing.T) {
	bubbles(t, func(t *testing.T, k kind) {
		c := k.capacity
		b := k.open()
		const n = 20
		var gets, puts []<-chan result
		for range n {
			gets = append(gets, getLater(t.Context(), b))
		}
		for i := range n {
			require.NoError(t, b.Put(t.Context(), i))
			require.Equal(t, result{v: i}, <-gets[i])
		}
		for i := range c + n {
			puts = append(puts, putLater(t.Context(), b, i))
		}
		for i := range c + n {
			v, err := b.TryGet()
			require.NoError(t, err)
			require.Equal(t, i, v)
			synctest.Wait()
			require.Equal(t, min(c, c+n-1-i), b.Len())
		}
		for i, done := range puts {
			require.Equal(t, result{v: i}, <-done)
		}
	})
}

// A call that comes later cannot overtake one that waits, even where there is room for it alone.
func TestTriesDoNotOvertakeWhoWaits(t *testing.T) {
	bubbles(t, func(t *testing.T, k kind) {
		c := k.capacity
		b := k.filled()
		done := make(chan result, 1)
		vs := make([]int, 2*c+1)
		for i := range vs {
			vs[i] = c + i
		}
		go func() {
			n, err := b.PutN(t.Context(), vs)
			done <- result{n: n, err: err}
		}()
		synctest.Wait()
		for i := range 2*c + 1 {
			v, err := b.TryGet()
			require.NoError(t, err)
			require.Equal(t, i, v)
			require.ErrorIs(t, b.TryPut(-1), bbuf.ErrFull)
		}
		require.Equal(t, result{n: 2*c + 1}, <-done)
		require.Equal(t, vs[c+1:], b.Drain())
	})
}

func TestContextEndsTheWait(t *testing.T) {
	bubbles(t, func(t *testing.T, k kind) {
		c := k.capacity
		cause := errors.New("lunch")
		ctx, cancel := context.WithCancelCause(t.Context())
		full, empty := k.filled(), k.open()
		put, get := putLater(ctx, full, -1), getLater(ctx, empty)
		time.AfterFunc(time.Second, func() { cancel(cause) })
		require.ErrorIs(t, (<-put).err, cause)
		require.ErrorIs(t, (<-get).err, cause)
		require.ErrorIs(t, full.Put(ctx, -1), cause, "done on entry")
		_, err := full.Get(ctx)
		require.ErrorIs(t, err, cause, "done on entry")
		n, err := full.GetN(ctx, make([]int, 1))
		require.ErrorIs(t, err, cause)
		require.Zero(t, n)
		n, err = empty.PutN(ctx, []int{1})
		require.ErrorIs(t, err, cause)
		require.Zero(t, n)
		require.Len(t, full.Drain(), c, "nothing was taken or put")
		require.NoError(t, empty.TryPut(1))
		require.Equal(t, 1, empty.Len(), "the call that gave up takes nothing")
	})
}

func TestPutNReportsThePrefixThatWasAccepted(t *testing.T) {
	bubbles(t, func(t *testing.T, k kind) {
		c := k.capacity
		b := k.open()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		n, err := b.PutN(ctx, make([]int, c+3))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, c, n)
		b.Drain()
		done := make(chan result, 1)
		go func() {
			n, err := b.PutN(t.Context(), make([]int, c+3))
			done <- result{n: n, err: err}
		}()
		synctest.Wait()
		_, err = b.TryGet()
		require.NoError(t, err)
		require.True(t, b.Close())
		require.Equal(t, result{n: c + 1, err: bbuf.ErrClosed}, <-done)
		require.Equal(t, c, b.Len())
	})
}

func TestGetNTakesAtLeastOneThenWhatIsThere(t *testing.T) {
	bubbles(t, func(t *testing.T, k kind) {
		c := k.capacity
		b := k.open()
		done := make(chan []int, 1)
		go func() {
			dst := make([]int, c+5)
			n, err := b.GetN(t.Context(), dst)
			if err != nil {
				panic(err)
			}
			done <- dst[:n]
		}()
		synctest.Wait()
		vs := []int{1, 2, 3}[:min(c, 3)]
		n, err := b.PutN(t.Context(), vs)
		require.NoError(t, err)
		require.Len(t, vs, n)
		require.Equal(t, vs, <-done)
		require.Empty(t, b.Drain())
	})
}

func TestCloseReleasesWhoWaits(t *testing.T) {
	bubbles(t, func(t *testing.T, k kind) {
		c := k.capacity
		ctx, cancel := context.WithCancel(t.Context())
		full, empty := k.filled(), k.open()
		put, get := putLater(ctx, full, -1), getLater(ctx, empty)
		require.True(t, full.Close())
		require.True(t, empty.Close())
		require.False(t, empty.Close())
		require.True(t, empty.Closed())
		require.ErrorIs(t, (<-put).err, bbuf.ErrClosed)
		require.ErrorIs(t, (<-get).err, bbuf.ErrClosed)
		for i := range c {
			v, err := full.Get(ctx)
			require.NoError(t, err)
			require.Equal(t, i, v, "what was accepted drains in order, and nothing else is there")
		}
		_, err := full.Get(ctx)
		require.ErrorIs(t, err, bbuf.ErrClosed)
		_, err = full.TryGet()
		require.ErrorIs(t, err, bbuf.ErrClosed)
		_, err = full.GetN(ctx, make([]int, 1))
		require.ErrorIs(t, err, bbuf.ErrClosed)
		cancel()
		require.ErrorIs(t, full.Put(ctx, 0), bbuf.ErrClosed, "closed beats the context")
		require.ErrorIs(t, full.TryPut(0), bbuf.ErrClosed)
		_, err = full.PutN(ctx, []int{1})
		require.ErrorIs(t, err, bbuf.ErrClosed)
		_, err = full.Get(ctx)
		require.ErrorIs(t, err, context.Canceled)
	})
}

func TestDrainLetsWhoWaitsPut(t *testing.T) {
	bubbles(t, func(t *testing.T, k kind) {
		c := k.capacity
		b := k.filled()
		done := putLater(t.Context(), b, 42)
		require.Len(t, b.Drain(), c)
		require.NoError(t, (<-done).err)
		require.Equal(t, []int{42}, b.Drain())
		require.Nil(t, b.Drain())
	})
}

func TestAllEndsWhenDrainedAndLosesNothing(t *testing.T) {
	bubbles(t, func(t *testing.T, k kind) {
		c := k.capacity
		b := k.filled()
		for v := range b.All(t.Context()) {
			require.Zero(t, v)
			break
		}
		require.Equal(t, c-1, b.Len())
		require.NoError(t, b.TryPut(c))
		func() {
			defer func() { require.Equal(t, "stop", recover()) }()
			for range b.All(t.Context()) {
				panic("stop")
			}
		}()
		require.Equal(t, c-1, b.Len(), "a panic loses no item but the one that the body had")
		b.Close()
		next := 2
		for v := range b.All(t.Context()) {
			require.Equal(t, next, v)
			next++
		}
		require.Equal(t, c+1, next)
	})
}

func TestBatches(t *testing.T) {
	bubbles(t, func(t *testing.T, k kind) {
		c := k.capacity
		b := k.filled()
		go func() {
			if n, err := b.PutN(t.Context(), []int{c, c + 1, c + 2}); n != 3 || err != nil {
				panic(err)
			}
			b.Close()
		}()
		next := 0
		for batch := range b.Batches(t.Context(), 4) {
			require.LessOrEqual(t, len(batch), 4)
			for _, v := range batch {
				require.Equal(t, next, v)
				next++
			}
		}
		require.Equal(t, c+3, next)
	})
}

// shared is used in several bubbles, one after the other.
var shared = map[bool]*bbuf.Buffer[int]{false: bbuf.New[int](1), true: bbuf.New[int](100)}

func TestPackageLevelBufferInTwoBubbles(t *testing.T) {
	for range 3 {
		for _, b := range shared {
			synctest.Test(t, func(t *testing.T) {
				one, two := getLater(t.Context(), b), getLater(t.Context(), b)
				require.NoError(t, b.Put(t.Context(), 1))
				require.NoError(t, b.Put(t.Context(), 2))
				require.Equal(t, result{v: 1}, <-one)
				require.Equal(t, result{v: 2}, <-two)
				for i := range b.Cap() {
					require.NoError(t, b.TryPut(i))
				}
				put := putLater(t.Context(), b, -1)
				require.Empty(t, put)
				b.Drain()
				require.NoError(t, (<-put).err)
				b.Drain()
			})
		}
	}
}
