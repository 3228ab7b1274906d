// Command inversion is the story of L, M and H. L, the least urgent, holds a lock. H, the most
// urgent, needs it. M needs nothing but the processor, and is more urgent than L: so H
// waits for M. It runs the story without inheritance, with it, and with a priority ceiling, prints how long
// H took in each, and writes traces that https://ui.perfetto.dev shows.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/interlock-go/interlock/pi"
	"github.com/interlock-go/interlock/pi/timeline"
)

const (
	low, middle, high = 1, 2, 3

	section = 4 * time.Millisecond   // how long L holds the lock
	between = 200 * time.Microsecond // from checkpoint to checkpoint
	ahead   = section / 4            // L's lead
	errand  = section / 40           // H's own critical section
)

// burn works for d, and lets more urgent tasks go first where it can.
func burn(t *pi.Task, d time.Duration) {
	for d > 0 {
		part := min(d, between)
		start := time.Now()
		for time.Since(start) < part {
		}
		d -= part
		t.Checkpoint()
	}
}

// story returns how long H took from its coming to its going. There is one slot, and H and M come while L
// holds the lock, so that the story is the same on every machine.
func story(m *pi.Mutex, protocol pi.Protocol, mWorks time.Duration, line *timeline.Timeline) (time.Duration, error) {
	ctx := context.Background()
	e := pi.NewExecutor(pi.WithSlots(1), pi.WithProtocol(protocol), pi.WithObserver(line))
	m.SetName("the lock")
	var took time.Duration
	all := make(chan bool)
	e.Go(ctx, low, func(_ context.Context, l *pi.Task) {
		l.SetName("L")
		m.Lock(l)
		burn(l, ahead)
		came := time.Now()
		e.Go(ctx, high, func(_ context.Context, h *pi.Task) {
			h.SetName("H")
			m.Lock(h)
			burn(h, errand)
			m.Unlock(h)
			took = time.Since(came)
		})
		e.Go(ctx, middle, func(_ context.Context, t *pi.Task) {
			t.SetName("M")
			burn(t, mWorks)
		})
		close(all)
		burn(l, section-ahead)
		m.Unlock(l)
	})
	<-all // before Shutdown, which lets nobody in
	err := e.Shutdown(ctx)
	return took, err
}

func write(dir, name string, line *timeline.Timeline) (path string, err error) {
	path = filepath.Join(dir, "inversion-"+name+".json")
	trace, err := os.Create(path)
	if err != nil {
		return "", err
	}
	text, err := os.Create(filepath.Join(dir, "inversion-"+name+".txt"))
	if err != nil {
		return "", errors.Join(err, trace.Close())
	}
	return path, errors.Join(line.WriteTrace(trace), line.WriteText(text), trace.Close(), text.Close())
}

func run(dir string, mWorks time.Duration) ([]time.Duration, error) {
	var all []time.Duration
	for _, s := range []struct {
		name     string
		m        *pi.Mutex
		protocol pi.Protocol
	}{
		{"off", new(pi.Mutex), pi.None},
		{"on", new(pi.Mutex), pi.Inherit},
		{"ceiling", pi.NewCeiling(high), pi.Inherit},
	} {
		var line timeline.Timeline
		took, err := story(s.m, s.protocol, mWorks, &line)
		if err != nil {
			return nil, err
		}
		path, err := write(dir, s.name, &line)
		if err != nil {
			return nil, err
		}
		fmt.Printf("inheritance %-8s H took %8v  %s\n", s.name+":", took.Round(10*time.Microsecond), path)
		all = append(all, took)
	}
	return all, nil
}

func main() {
	dir := flag.String("dir", os.TempDir(), "where the traces go")
	mWorks := flag.Duration("m", 40*time.Millisecond, "how long M works")
	flag.Parse()
	if _, err := run(*dir, *mWorks); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
