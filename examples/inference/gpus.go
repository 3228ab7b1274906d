package main

import (
	"context"

	"github.com/interlock-go/interlock/banker"
	"github.com/interlock-go/interlock/pi"
)

const (
	gpus    = 4
	memory  = 64 // GB
	perGPU  = 12 // GB that a model takes on each
	forRows = 2  // GPUs that a batch job may grow to
)

func newGPUs() *banker.Banker {
	b, err := banker.New(banker.Capacity{"gpu": gpus, "mem": memory}, banker.WithName("gpus"))
	if err != nil {
		panic(err) // the numbers above are right
	}
	return b
}

// units is what n GPUs with a model on each take.
func units(n int64) []banker.Amount {
	return []banker.Amount{banker.Of("gpu", n), banker.Of("mem", n*perGPU)}
}

// onGPUs runs f as a job that has one GPU and may grow to most of them. The task leaves its slot while it waits: somebody
// who holds GPUs may need the slot.
func (s *server) onGPUs(ctx context.Context, t *pi.Task, name string, most int64, f func(grow func() error) error) error {
	return banker.Do(ctx, s.gpus, name, units(most), func(j *banker.Job) error {
		grow := func() (err error) {
			t.Block(func() { err = j.Acquire(ctx, units(1)...) })
			return err
		}
		if err := grow(); err != nil {
			return err
		}
		return f(grow)
	})
}
