// Command gpupool lets teams of trainings share GPUs and memory. Each training takes its
// GPUs a few at a time, as it grows. With -pool semaphore the units are guarded by two
// counting semaphores, and the trainings come to wait for one another for ever, which is
// found when nothing has moved for a while. With -pool banker, the default, the same load finishes.
//
//	go run ./examples/gpupool -explain
//	go run ./examples/gpupool -pool semaphore
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/interlock-go/interlock/banker"
)

// pool is what a training needs of a pool.
type pool interface {
	// run calls f with a way to take units and gives all of them back afterwards.
	run(ctx context.Context, training string, f func(take func(gpus, mem int64) error) error) error
}

const (
	gpus   = 8
	memory = 640 // GB
	steps  = 4   // in which a training takes its units
	each   = 1   // GPU per step
	share  = 80  // GB per step
)

// load runs teams of trainings, all at once, and returns how many finished.
func load(ctx context.Context, p pool, teams, trainings int) int64 {
	var finished atomic.Int64
	var all sync.WaitGroup
	for team := range teams {
		for t := range trainings {
			all.Go(func() {
				name := fmt.Sprintf("team-%d/train-%d", team, t)
				if p.run(ctx, name, train(ctx)) == nil {
					finished.Add(1)
				}
			})
		}
	}
	all.Wait()
	return finished.Load()
}

// train takes its units step by step, with some work in between.
func train(ctx context.Context) func(take func(gpus, mem int64) error) error {
	return func(take func(gpus, mem int64) error) error {
		for range steps {
			if err := take(each, share); err != nil {
				return err
			}
			select {
			case <-time.After(2 * time.Millisecond): // an epoch
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		return nil
	}
}

// banked is a pool kept by a banker.
type banked struct {
	*banker.Banker
	explain func(string) // is told why a request has to wait
}

func (b banked) run(ctx context.Context, name string, f func(func(gpus, mem int64) error) error) error {
	claim := banker.Claim{banker.Of("gpu", steps*each), banker.Of("mem", steps*share)}
	return banker.Do(ctx, b.Banker, name, claim, func(j *banker.Job) error {
		return f(func(gpus, mem int64) error {
			want := []banker.Amount{banker.Of("gpu", gpus), banker.Of("mem", mem)}
			err := j.TryAcquire(want...)
			if err == nil {
				return nil
			}
			if b.explain != nil && errors.Is(err, banker.ErrUnsafe) {
				if v := j.Explain(want...); errors.Is(v.Err, banker.ErrUnsafe) {
					b.explain(v.String())
				}
			}
			return j.Acquire(ctx, want...)
		})
	})
}

// errStalled is the cause with which the load is ended when nothing moves any more.
var errStalled = errors.New("gpupool: nothing has moved for a while: the trainings wait for one another")

func main() {
	kind := flag.String("pool", "banker", "who keeps the units: banker or semaphore")
	explain := flag.Bool("explain", false, "print the first refusal with its reason")
	teams := flag.Int("teams", 4, "number of teams")
	trainings := flag.Int("trainings", 4, "trainings per team")
	flag.Parse()
	if err := run(*kind, *explain, *teams, *trainings); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(kind string, explain bool, teams, trainings int) error {
	var once sync.Once
	tell := func(text string) { once.Do(func() { fmt.Print(text) }) }
	if !explain {
		tell = nil
	}
	finished, err := try(kind, tell, teams, trainings)
	fmt.Printf("%s: %d of %d trainings finished\n", kind, finished, teams*trainings)
	return err
}

// try runs the load on a pool of the kind, and ends it if nothing moves for a second.
func try(kind string, tell func(string), teams, trainings int) (int64, error) {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	var p pool
	switch kind {
	case "semaphore":
		p = &counted{moved: stall(cancel), gpu: newSemaphore(gpus), mem: newSemaphore(memory)}
	case "banker":
		b, err := banker.New(banker.Capacity{"gpu": gpus, "mem": memory}, banker.WithName("gpu-pool"))
		if err != nil {
			return 0, err
		}
		p = banked{b, tell}
	default:
		return 0, fmt.Errorf("gpupool: no pool %q", kind)
	}
	finished := load(ctx, p, teams, trainings)
	return finished, context.Cause(ctx)
}

// stall returns a function to call whenever something moves. If that is not called for a
// second, the load is ended.
func stall(cancel context.CancelCauseFunc) (moved func()) {
	t := time.AfterFunc(time.Second, func() { cancel(errStalled) })
	return func() { t.Reset(time.Second) }
}
