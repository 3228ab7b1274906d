package bbuf_test

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/interlock-go/interlock/bbuf"
)

func ExampleBuffer() {
	ctx := context.Background()
	b := bbuf.New[int](10)
	var producer sync.WaitGroup
	producer.Go(func() {
		defer b.Close() // what is in it is still taken out
		for i := range 50 {
			if err := b.Put(ctx, i); err != nil {
				return
			}
		}
	})
	sum := 0
	for v := range b.All(ctx) {
		sum += v
	}
	producer.Wait()
	fmt.Println(sum)
	// Output: 1225
}

func ExampleBuffer_TryPut() {
	b := bbuf.New[string](1)
	fmt.Println(b.TryPut("first"))
	fmt.Println(errors.Is(b.TryPut("second"), bbuf.ErrFull))
	b.Close()
	fmt.Println(b.TryPut("third"))
	fmt.Println(b.Drain())
	// Output:
	// <nil>
	// true
	// bbuf: buffer is closed
	// [first]
}

func ExampleBuffer_GetN() {
	ctx := context.Background()
	b := bbuf.New[int](8)
	n, err := b.PutN(ctx, []int{1, 2, 3})
	fmt.Println(n, err)
	batch := make([]int, 64) // at least one, then what is there
	n, err = b.GetN(ctx, batch)
	fmt.Println(batch[:n], err)
	// Output:
	// 3 <nil>
	// [1 2 3] <nil>
}

// A consumer that writes to a disk or a socket takes what is there at once.
func ExampleBuffer_Batches() {
	ctx := context.Background()
	b := bbuf.New[int](8)
	if _, err := b.PutN(ctx, []int{1, 2, 3, 4, 5}); err != nil {
		return
	}
	b.Close()
	for batch := range b.Batches(ctx, 3) {
		fmt.Println(batch) // the slice is used again: copy what is to be kept
	}
	// Output:
	// [1 2 3]
	// [4 5]
}

// Whoever closes first has closed; what is in the buffer can still be got.
func ExampleBuffer_Close() {
	ctx := context.Background()
	b := bbuf.New[string](2)
	if err := b.Put(ctx, "last"); err != nil {
		return
	}
	fmt.Println(b.Close(), b.Close())
	fmt.Println(b.Get(ctx))
	_, err := b.Get(ctx)
	fmt.Println(err)
	// Output:
	// true false
	// last <nil>
	// bbuf: buffer is closed
}

// With producers and consumers known, a ring through the buffer is reported when it closes.
func ExampleBuffer_Producer() {
	b := bbuf.New[int](1)
	registered := make(chan bool)
	var producer sync.WaitGroup
	producer.Go(func() {
		defer b.Producer()()
		close(registered)
		defer b.Close()
		_ = b.Put(context.Background(), 42)
	})
	<-registered // a wait that is under way is not looked at again

	defer b.Consumer()()
	fmt.Println(b.Get(context.Background()))
	producer.Wait()
	// Output: 42 <nil>
}
