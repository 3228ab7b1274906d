package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/goleak"

	"github.com/interlock-go/interlock/lockorder"
)

// What is allowed, see the command's comment.
const (
	slopeLimit = 1 << 10 // bytes a second that the live heap may grow after the warm-up
	slopeNotes = 64      // notes after the warm-up below which a slope means nothing: the set of known orders takes minutes to fill
	stuckAfter = time.Minute

	burst = 15_000 // requests at once, with 4 locks each; their 45,000 orders are below the detector's bound
)

type config struct {
	duration, phase, progress, within, pace time.Duration
	seed, ceiling                           uint64
	profile                                 string    // file of the heap's profile, or ""
	out                                     io.Writer // progress and figures
	log                                     io.Writer // violations, as they are found
}

// soak is a run.
type soak struct {
	config
	began  time.Time
	ledger *ledger
	done   []atomic.Int64 // by load
	phases int
	notes  []note
	peak   uint64        // of the heap in use
	told   time.Duration // when the last line of progress was printed

	mu         sync.Mutex
	violations int
}

// run runs it all and returns how often something was violated.
func (c config) run() int {
	if c.pace == 0 {
		c.pace = min(time.Second, c.duration/600)
	}
	s := &soak{config: c, began: time.Now(), done: make([]atomic.Int64, len(loads))}
	s.ledger = newLedger(c.within, s.fail)
	lockorder.SetHandler(s.ledger.hear)
	defer lockorder.SetHandler(nil)
	fmt.Fprintf(c.out, "soak: seed %d, %v in phases of %v, %s on %d processors\n", c.seed, c.duration, c.phase, runtime.Version(), runtime.GOMAXPROCS(0))
	base := runtime.NumGoroutine()
	s.burst()
	for time.Since(s.began) < c.duration {
		s.turn(rand.New(rand.NewPCG(c.seed, uint64(s.phases))), base)
		s.phases++
	}
	if err := goleak.Find(); err != nil {
		s.fail("%v", err)
	}
	if err := s.writeProfile(); err != nil {
		s.fail("%v", err)
	}
	s.judge()
	s.figures()
	return s.violations
}

// fail counts a violation and tells the first ones.
func (s *soak) fail(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.violations++; s.violations <= 20 {
		fmt.Fprintf(s.log, "soak: %v: VIOLATION: %s\n", time.Since(s.began).Round(time.Millisecond), fmt.Sprintf(format, args...))
	}
}

// burst makes more locks at once than the load ever has. The detector's tables grow with the most locks there were, and do not
// shrink; a lock that was thrown away counts until it is collected. Without the burst that would be
// another number in every run, and look like a leak.
func (s *soak) burst() {
	percent := debug.SetGCPercent(-1)
	defer debug.SetGCPercent(percent)
	r := rand.New(rand.NewPCG(s.seed, 0))
	for range burst {
		handle(r, s.fail)
	}
}

// turn is one phase and the look after it.
func (s *soak) turn(r *rand.Rand, base int) {
	ctx, cancel := context.WithTimeout(context.Background(), min(s.phase, s.duration-time.Since(s.began)))
	defer cancel()
	stuck := time.AfterFunc(s.phase+s.within+stuckAfter, s.stuck)
	defer stuck.Stop()
	var all sync.WaitGroup
	for i, l := range loads {
		shift := &shift{ctx: ctx, rand: fork(r), done: &s.done[i], fail: s.fail}
		all.Go(func() { l.run(shift) })
	}
	gardeners := []bool{false, false}
	if time.Since(s.began) < s.warmUp() {
		gardeners = append(gardeners, true)
	}
	for _, kept := range gardeners {
		gardener := fork(r)
		all.Go(func() { s.garden(ctx, gardener, kept) })
	}
	all.Go(func() { s.watch(ctx) })
	all.Wait()
	if n := settled(base); n > base {
		s.fail("phase %d leaves %d goroutines, began with %d", s.phases, n, base)
	}
	s.ledger.forget()
	n := take(s.began)
	if n.waits > 0 || n.held > 0 {
		state := lockorder.Snapshot()
		s.fail("phase %d leaves goroutines that wait or hold: %v %v", s.phases, state.Waits, state.Held)
	}
	s.notes = append(s.notes, n)
}

// warmUp is how long faults are planted whose reports, classes and orders the process keeps. After that its memory must not grow.
func (s *soak) warmUp() time.Duration { return s.duration / 3 }

// garden plants faults and twins, those whose report is kept or those whose report is not.
func (s *soak) garden(ctx context.Context, r *rand.Rand, kept bool) {
	var mine []kind
	for _, k := range kinds {
		if k.kept == kept {
			mine = append(mine, k)
		}
	}
	for round := r.IntN(2); ctx.Err() == nil; round++ {
		for _, i := range r.Perm(len(mine)) {
			pace := time.Duration(r.IntN(50)) * time.Millisecond
			if kept {
				pace = s.pace
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(pace):
			}
			s.ledger.plant(mine[i], (round+i)%2 == 0, r.Uint64())
		}
	}
}

// watch looks at the heap now and then, and says how it goes.
func (s *soak) watch(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(min(time.Second, s.progress)):
		}
		heap := inUse()
		s.peak = max(s.peak, heap)
		if heap > s.ceiling<<20 {
			s.fail("%d MiB of heap in use", heap>>20)
		}
		if time.Since(s.began) > s.told+s.progress {
			s.told = time.Since(s.began)
			s.line(heap)
		}
	}
}

// stuck ends the process: somebody waits for ever, and whoever reads this wants to know who.
func (s *soak) stuck() {
	s.fail("phase %d does not end", s.phases)
	_ = pprof.Lookup("goroutine").WriteTo(s.log, 2)
	for _, w := range lockorder.Snapshot().Waits {
		fmt.Fprintf(s.log, "soak: waits: %+v\n", w)
	}
	os.Exit(1)
}

// writeProfile says what is in the heap, if it was asked for.
func (s *soak) writeProfile() error {
	if s.profile == "" {
		return nil
	}
	f, err := os.Create(s.profile)
	if err != nil {
		return err
	}
	runtime.GC()
	return errors.Join(pprof.WriteHeapProfile(f), f.Close())
}
