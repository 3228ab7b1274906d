// Command producerconsumer is the program of the textbooks: a buffer of 10 places, a producer that makes 50 items and a consumer
// that takes them, both of which print how many items the buffer holds.
//
//	go run ./examples/producerconsumer              the buffer written out as a monitor: a mutex and two conditions
//	go run ./examples/producerconsumer -with bbuf   the same with bbuf.Buffer
//
// The monitor is what Hoare (1974) and Brinch Hansen (1975) gave the world, and what goes wrong in it is well known:
// an if where a while must be, one condition for both sides, a signal to the wrong one, a wait with a
// second lock held. On package cond the waits take predicates, so that the loop cannot be forgotten, and a
// context, so that either side can be told to stop. On package bbuf none of it is left to write, and Close
// says that there will be no more.
//
// Both sides say who they are (Signaller, Producer, Consumer). That costs nothing here, and should the
// program be changed so that they wait for each other, it is told at once, with both stacks.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/interlock-go/interlock/bbuf"
	"github.com/interlock-go/interlock/cond"
	"github.com/interlock-go/interlock/mutex"
)

const (
	places = 10
	items  = 50
)

func main() {
	with := flag.String("with", "cond", "`cond` for a monitor, bbuf for a Buffer")
	flag.Parse()
	run := map[string]func(context.Context, io.Writer) error{"cond": withCond, "bbuf": withBbuf}[*with]
	if run == nil {
		fmt.Fprintln(os.Stderr, "producerconsumer: -with must be cond or bbuf")
		os.Exit(2)
	}
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "producerconsumer:", err)
		os.Exit(1)
	}
}

// monitor is the bounded buffer written out.
type monitor struct {
	mu                mutex.Mutex
	notFull, notEmpty *cond.Cond
	ring              [places]int
	first, count      int
}

func newMonitor() *monitor {
	m := new(monitor)
	m.notFull, m.notEmpty = cond.New(&m.mu), cond.New(&m.mu)
	return m
}

// put adds an item and returns how many there are then.
func (m *monitor) put(ctx context.Context, v int) (count int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.notFull.WaitFor(ctx, func() bool { return m.count < places }); err != nil {
		return 0, err
	}
	m.ring[(m.first+m.count)%places] = v
	m.count++
	m.notEmpty.Signal()
	return m.count, nil
}

// get takes an item and returns how many are left.
func (m *monitor) get(ctx context.Context) (v, count int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.notEmpty.WaitFor(ctx, func() bool { return m.count > 0 }); err != nil {
		return 0, 0, err
	}
	v = m.ring[m.first]
	m.first = (m.first + 1) % places
	m.count--
	m.notFull.Signal()
	return v, m.count, nil
}

func withCond(ctx context.Context, out io.Writer) error {
	m := newMonitor()
	return both(
		func() error {
			defer m.notEmpty.Signaller()()
			for i := range items {
				count, err := m.put(ctx, i)
				if err != nil {
					return err
				}
				fmt.Fprintf(out, "produced %2d, %2d in the buffer\n", i, count)
			}
			return nil
		},
		func() error {
			defer m.notFull.Signaller()()
			for range items {
				v, count, err := m.get(ctx)
				if err != nil {
					return err
				}
				fmt.Fprintf(out, "consumed %2d, %2d in the buffer\n", v, count)
			}
			return nil
		},
	)
}

func withBbuf(ctx context.Context, out io.Writer) error {
	b := bbuf.New[int](places)
	return both(
		func() error {
			defer b.Producer()()
			defer b.Close()
			for i := range items {
				if err := b.Put(ctx, i); err != nil {
					return err
				}
				fmt.Fprintf(out, "produced %2d, %2d in the buffer\n", i, b.Len())
			}
			return nil
		},
		func() error {
			defer b.Consumer()()
			for v := range b.All(ctx) {
				fmt.Fprintf(out, "consumed %2d, %2d in the buffer\n", v, b.Len())
			}
			return context.Cause(ctx)
		},
	)
}

// both runs the two sides and returns the first error.
func both(produce, consume func() error) error {
	var wg sync.WaitGroup
	var errs [2]error
	wg.Go(func() { errs[0] = produce() })
	wg.Go(func() { errs[1] = consume() })
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
