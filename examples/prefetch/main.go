// Command prefetch feeds a slow trainer with records of a memory-mapped file. A loader runs ahead of it by as many
// records as a bounded buffer holds, so that the disk works while the trainer does.
//
//	go run ./examples/prefetch                  train on 2,000 records, and say how it goes
//	go run ./examples/prefetch -deadlock        the same with a mistake in it
//
// A record is 4 KiB of the mapping, which is read when it is touched: a slice into the mapping costs nothing to
// make, and the loader's sum over it is what brings its pages into memory. The buffer holds slices, so what is in it is
// what is in memory ahead of the trainer, and no more: that is the backpressure. The trainer takes
// batches (GetN: at least one record, then what is there), since its work costs less in batches.
//
// # The mistake
//
// Loader and trainer share a lock that guards the order in which records are visited; the trainer
// takes it after every 100 records to shuffle what is to come. With -deadlock the loader keeps the lock while it puts a record
// into the buffer. That goes well as long as there is room. When the buffer is full as the trainer
// comes to shuffle, the loader waits for room with the lock in hand, and the trainer, who alone makes room, waits for the lock.
// No timeout is needed to see it: since both have said who they are (Producer, Consumer), the second one to wait closes a ring, and
// the report names both, with what they hold and where they wait:
//
//	interlock: deadlock: goroutines 23 and 22 wait for each other, through Mutex #4 (main.go:96) and
//	    Buffer (full) #3 (main.go:168), and will never go on
//	  goroutine 23 asks for Mutex #4 at main.go:114 in main.(*order).shuffle
//	  goroutine 22 holds Mutex #4, locked at main.go:96 in main.(*order).draw, and waits on Buffer (full) #3
//	    only goroutine 23 could end that wait
//
// Before that, the first wait for room with the lock in hand is reported as a hazard, whether or not it ever closes a ring.
// The program then exits with 1. Without the flag the loader lets the lock go before it puts.
package main

import (
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/interlock-go/interlock/bbuf"
	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

const (
	recordSize = 4096 // bytes
	shuffled   = 100  // records between two shuffles
)

// job is one training run.
type job struct {
	records  int
	ahead    int           // records in the buffer
	work     time.Duration // of the trainer for a batch
	deadlock bool
	progress time.Duration // between two lines
}

func main() {
	var j job
	flag.IntVar(&j.records, "records", 2000, "records to train on")
	flag.IntVar(&j.ahead, "ahead", 64, "records to prefetch")
	flag.DurationVar(&j.work, "work", 2*time.Millisecond, "the trainer's work on a batch")
	flag.BoolVar(&j.deadlock, "deadlock", false, "put with the lock held")
	flag.DurationVar(&j.progress, "progress", time.Second, "how often to say how it goes")
	flag.Parse()
	lockorder.SetHandler(func(r lockorder.Report) {
		fmt.Println(r)
		if r.Tier == lockorder.Deadlock {
			os.Exit(1)
		}
	})
	if err := j.run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "prefetch:", err)
		os.Exit(2)
	}
}

// record is a place in the mapping, and what the loader made of it.
type record struct {
	number int
	data   []byte
	sum    uint64
}

// order is in which order the records are visited.
type order struct {
	mu   mutex.Mutex
	next int
	at   []int
}

// draw returns the next record's number. It calls put with the lock held, or after letting it go.
func (o *order) draw(keep bool, put func(number int)) bool {
	o.mu.Lock()
	if o.next == len(o.at) {
		o.mu.Unlock()
		return false
	}
	number := o.at[o.next]
	o.next++
	if keep {
		defer o.mu.Unlock()
	} else {
		o.mu.Unlock()
	}
	put(number)
	return true
}

// shuffle mixes what is to come.
func (o *order) shuffle() {
	o.mu.Lock()
	defer o.mu.Unlock()
	left := o.at[o.next:]
	rand.Shuffle(len(left), func(i, j int) { left[i], left[j] = left[j], left[i] })
}

// run makes a file of records, maps it, and trains.
func (j job) run(out io.Writer) (err error) {
	file, err := write(j.records)
	if err != nil {
		return err
	}
	defer os.Remove(file)
	data, unmap, err := mapFile(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unmap()) }()

	o := &order{at: rand.Perm(j.records)}
	b := bbuf.New[record](j.ahead)
	var trained atomic.Int64
	stop := j.report(out, b, &trained)
	defer stop()
	var registered, wg sync.WaitGroup
	registered.Add(2)
	wg.Go(func() {
		defer b.Producer()()
		defer b.Close()
		registered.Done()
		registered.Wait()
		err = j.load(o, data, b)
	})
	var seen int
	wg.Go(func() {
		defer b.Consumer()()
		registered.Done()
		registered.Wait()
		seen = j.train(o, b, &trained)
	})
	wg.Wait()
	if err == nil && seen != j.records {
		err = fmt.Errorf("trained on %d of %d records", seen, j.records)
	}
	return err
}

// load touches records and puts them into the buffer.
func (j job) load(o *order, data []byte, b *bbuf.Buffer[record]) (err error) {
	for err == nil && o.draw(j.deadlock, func(number int) {
		r := record{number: number, data: data[number*recordSize:][:recordSize]}
		for i := 0; i < recordSize; i += 8 {
			r.sum += binary.LittleEndian.Uint64(r.data[i:])
		}
		err = b.Put(context.Background(), r)
	}) {
	}
	return err
}

// train works on batches until there are no more, and returns on how many records whose sum was right.
func (j job) train(o *order, b *bbuf.Buffer[record], trained *atomic.Int64) (seen int) {
	shuffles := 0
	for batch := range b.Batches(context.Background(), 16) {
		time.Sleep(j.work) // where a real trainer would compute
		for _, r := range batch {
			if r.sum == sumOf(r.number) {
				seen++
			}
		}
		trained.Store(int64(seen))
		if seen/shuffled > shuffles {
			shuffles = seen / shuffled
			o.shuffle()
		}
	}
	return seen
}

// report prints a line now and then until it is stopped, and one at the end.
func (j job) report(out io.Writer, b *bbuf.Buffer[record], trained *atomic.Int64) (stop func()) {
	began := time.Now()
	line := func() {
		n := trained.Load()
		fmt.Fprintf(out, "prefetch: %d of %d records, %d of %d ahead, %.0f records/s\n",
			n, j.records, b.Len(), b.Cap(), float64(n)/time.Since(began).Seconds())
	}
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		tick := time.NewTicker(j.progress)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				line()
			case <-done:
				return
			}
		}
	})
	return func() {
		close(done)
		wg.Wait()
		line()
	}
}
