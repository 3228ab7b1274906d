package banker_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/interlock-go/interlock/banker"
)

func ExampleDo() {
	b, err := banker.New(banker.Capacity{"gpu": 8, "mem": 640}, banker.WithName("gpu-pool"))
	if err != nil {
		fmt.Println(err)
		return
	}
	claim := banker.Claim{banker.Of("gpu", 4), banker.Of("mem", 96)}
	err = banker.Do(context.Background(), b, "train-7", claim, func(job *banker.Job) error {
		if err := job.Acquire(context.Background(), banker.Of("gpu", 1), banker.Of("mem", 32)); err != nil {
			return err
		}
		return job.AcquireRest(context.Background()) // the others, when they can be had together
	})
	fmt.Println(err)
	// Output: <nil>
}

// Units can be free and a request must wait all the same, because it could lead to a deadlock.
func ExampleJob_TryAcquire() {
	b, _ := banker.New(banker.Capacity{"gpu": 2})
	first, _ := b.Register("first", banker.Of("gpu", 2))
	second, _ := b.Register("second", banker.Of("gpu", 2))

	fmt.Println(first.TryAcquire(banker.Of("gpu", 1)))
	err := second.TryAcquire(banker.Of("gpu", 1)) // then each would hold one and want another
	fmt.Println(errors.Is(err, banker.ErrUnsafe))
	first.Close()
	fmt.Println(second.TryAcquire(banker.Of("gpu", 1)))
	second.Close()
	// Output:
	// <nil>
	// true
	// <nil>
}

func ExampleCheck() {
	available := []int64{3, 3, 2}
	allocation := [][]int64{{0, 1, 0}, {2, 0, 0}, {3, 0, 2}, {2, 1, 1}, {0, 0, 2}}
	need := [][]int64{{7, 4, 3}, {1, 2, 2}, {6, 0, 0}, {0, 1, 1}, {4, 3, 1}}
	fmt.Println(banker.Check(available, allocation, need))
	// Output: [1 3 4 0 2] true
}
