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

// Why a job waits, in words. A Verdict has the same as values, for a page or a log.
func ExampleJob_Explain() {
	b, _ := banker.New(banker.Capacity{"gpu": 4}, banker.WithName("gpu-pool"))
	train, _ := b.Register("train", banker.Of("gpu", 4))
	serve, _ := b.Register("serve", banker.Of("gpu", 2))
	defer train.Close()
	defer serve.Close()

	_ = train.TryAcquire(banker.Of("gpu", 3))
	fmt.Print(serve.Explain(banker.Of("gpu", 1)))
	// Output:
	// banker "gpu-pool": serve must wait: granting gpu=1 would be unsafe
	//   free now:      gpu=1
	//   after it:      gpu=0; nobody could be sure to finish
	//   then stuck:    serve holds gpu=1 and may want 1 more gpu (1 short)
	//                  train holds gpu=3 and may want 1 more gpu (1 short)
	//   not before:    train gives back 1 gpu, or lowers its claim
}

// The table that textbooks print, of a banker at one instant.
func ExampleBanker_Snapshot() {
	b, _ := banker.New(banker.Capacity{"gpu": 4, "mem": 64}, banker.WithName("pool"))
	train, _ := b.Register("train", banker.Of("gpu", 4), banker.Of("mem", 32))
	serve, _ := b.Register("serve", banker.Of("gpu", 1))
	defer train.Close()
	defer serve.Close()
	_ = train.TryAcquire(banker.Of("gpu", 2), banker.Of("mem", 16))

	fmt.Print(b.Snapshot())
	// Output:
	// pool       Allocation       Max       Need
	//            gpu         mem  gpu  mem  gpu   mem
	// train      2           16   4    32   2     16
	// serve      0           0    1    0    1     0
	// available  2           48
	// total      4           64
	// safe sequence: train serve
}

// A job that takes all at once is never unsafe: it waits for free units only.
func ExampleJob_AcquireRest() {
	ctx := context.Background()
	b, _ := banker.New(banker.Capacity{"gpu": 2})
	job, _ := b.Register("evaluate", banker.Of("gpu", 2))
	defer job.Close()
	fmt.Println(job.AcquireRest(ctx))
	fmt.Println(b.Snapshot().Available)
	// Output:
	// <nil>
	// [0]
}

// Less is given away than is free when a claim would no longer fit, and more is there after a Grow.
func ExampleBanker_TryShrink() {
	b, _ := banker.New(banker.Capacity{"gpu": 4})
	job, _ := b.Register("train", banker.Of("gpu", 3))
	fmt.Println(b.TryShrink(banker.Of("gpu", 2)))
	job.Close()
	fmt.Println(b.TryShrink(banker.Of("gpu", 2)))
	fmt.Println(b.Grow(banker.Of("gpu", 6)), b.Snapshot().Total)
	// Output:
	// banker: more than there is in all
	// <nil>
	// <nil> [8]
}

// A job that turns out to need more asks for a higher claim, without waiting.
func ExampleJob_TryRaiseClaim() {
	b, _ := banker.New(banker.Capacity{"gpu": 2})
	job, _ := b.Register("train", banker.Of("gpu", 1))
	defer job.Close()
	fmt.Println(job.TryAcquire(banker.Of("gpu", 2)))
	fmt.Println(job.TryRaiseClaim(banker.Of("gpu", 1)))
	fmt.Println(job.TryAcquire(banker.Of("gpu", 2)))
	// Output:
	// banker: more than the job's claim leaves
	// <nil>
	// <nil>
}
