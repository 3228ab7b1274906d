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
