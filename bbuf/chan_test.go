package bbuf_test

import (
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/bbuf"
)

// What Go's own tests say of channels, as far as a buffer has it.

func TestChanEmptyReceiveAndFullSendBlock(t *testing.T) {
	bubbles(t, func(t *testing.T, k kind) {
		b := k.open()
		get := getLater(t.Context(), b)
		require.Empty(t, get)
		must(b.Put(t.Context(), 1))
		<-get
		full := k.filled()
		put := putLater(t.Context(), full, 1)
		require.Empty(t, put)
		full.Drain()
		<-put
	})
}

func TestChanItemsComeInOrder(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		b := k.open()
		var wg sync.WaitGroup
		wg.Go(func() {
			for i := range 200 {
				must(b.Put(t.Context(), i))
			}
		})
		for i := range 200 {
			v, err := b.Get(t.Context())
			require.NoError(t, err)
			require.Equal(t, i, v)
		}
		wg.Wait()
	})
}

func TestChanReceiveFromClosedGivesZeroForEver(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		b := k.open()
		b.Close()
		for range 3 {
			v, err := b.Get(t.Context())
			require.ErrorIs(t, err, bbuf.ErrClosed)
			require.Zero(t, v)
		}
	})
}

func TestChanLenAndCap(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		b := k.filled()
		require.Equal(t, k.capacity, b.Cap())
		require.Equal(t, k.capacity, b.Len())
	})
}

func TestChanManySendersOneSum(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		b := k.open()
		const goroutines, each = 20, 50
		var senders, receivers sync.WaitGroup
		sums := make([]int, 4)
		for i := range sums {
			receivers.Go(func() {
				for v := range b.All(t.Context()) {
					sums[i] += v
				}
			})
		}
		for range goroutines {
			senders.Go(func() {
				for i := range each {
					must(b.Put(t.Context(), i))
				}
			})
		}
		senders.Wait()
		b.Close()
		receivers.Wait()
		total := 0
		for _, s := range sums {
			total += s
		}
		require.Equal(t, goroutines*each*(each-1)/2, total)
	})
}

// The sieve: a chain of buffers that each drop the multiples of a prime.
func TestChanSieveOfBuffers(t *testing.T) {
	bubbles(t, func(t *testing.T, k kind) {
		numbers := k.open()
		go func() {
			defer numbers.Close()
			for i := 2; i < 60; i++ {
				must(numbers.Put(t.Context(), i))
			}
		}()
		var primes []int
		for in := numbers; ; {
			p, err := in.Get(t.Context())
			if err != nil {
				break
			}
			primes = append(primes, p)
			source, out := in, k.open()
			go func() {
				defer out.Close()
				for v := range source.All(t.Context()) {
					if v%p != 0 {
						must(out.Put(t.Context(), v))
					}
				}
			}()
			in = out
		}
		require.Equal(t, []int{2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59}, primes)
	})
}

// Who waits longest is served first on each side, also when both kinds of waiting alternate.
func TestChanPseudoRandomSendsAreFair(t *testing.T) {
	bubbles(t, func(t *testing.T, k kind) {
		b := k.open()
		var gets []<-chan result
		for range 6 {
			gets = append(gets, getLater(t.Context(), b))
		}
		for i := range 3 {
			must(b.TryPut(i))
		}
		synctest.Wait()
		for i, done := range gets[:3] {
			require.Equal(t, result{v: i}, <-done)
		}
		for _, done := range gets[3:] {
			require.Empty(t, done)
		}
		b.Close()
		for _, done := range gets[3:] {
			require.ErrorIs(t, (<-done).err, bbuf.ErrClosed)
		}
	})
}

func TestChanCloseTwiceIsNoPanic(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		b := k.open()
		var wg sync.WaitGroup
		var mu sync.Mutex
		first := 0
		for range 8 {
			wg.Go(func() {
				if b.Close() {
					mu.Lock()
					first++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		require.Equal(t, 1, first)
	})
}
