// Command inference is an HTTP model server as many have one: models in a cache behind a read-write lock, GPUs that requests
// share, data that is read ahead of the computation, interactive requests that go before batch jobs. The models are small
// multi-layer perceptrons in files, and what they compute is computed.
//
//	go run ./examples/inference                     serve on 127.0.0.1:8080 until interrupted
//	go run ./examples/inference -load 5s            serve, send load for 5s, and say how it went
//	go run ./examples/inference -load 2s -plant ring    the same with a mistake in it; README.md has all of them
//	go run ./examples/inference -load 1h -plant ring -stay    hang in it, as a service does at night: the live page shows where
//
// It exits with 1 if anything was found or went wrong, and with 2 if it was called wrongly.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/interlock-go/interlock/lockorder"
)

// config is what the flags say.
type config struct {
	addr     string
	load     time.Duration // 0: until interrupted
	progress time.Duration // between two lines; 0: only at the end
	plant    string
	stay     bool // in a deadlock
}

// usage is an error of who called the program.
type usage struct{ error }

func main() {
	var c config
	flag.StringVar(&c.addr, "addr", "127.0.0.1:8080", "where to listen")
	flag.DurationVar(&c.load, "load", 0, "send load for so long, then stop")
	flag.DurationVar(&c.progress, "progress", time.Second, "how often to say how it goes; 0: only at the end")
	flag.StringVar(&c.plant, "plant", "", "a mistake to make: "+strings.Join(slices.Sorted(maps.Keys(plants)), ", "))
	flag.BoolVar(&c.stay, "stay", false, "after a deadlock, go on serving the live page until interrupted")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var found int64
	err := c.check(flag.Args())
	if err == nil {
		found, err = c.run(ctx, os.Stdout)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "inference: %+v\n", err)
	}
	if errors.As(err, new(usage)) {
		stop()
		os.Exit(2)
	}
	if err != nil || found > 0 {
		stop()
		os.Exit(1)
	}
}

// check says what is wrong with the flags and what follows them.
func (c config) check(rest []string) error {
	switch {
	case len(rest) > 0:
		return usage{fmt.Errorf("there are flags only, and %q is none: -h lists them", rest[0])}
	case c.plant != "" && plants[c.plant] == nil:
		return usage{fmt.Errorf("there is no plant %q, but these: %s", c.plant, strings.Join(slices.Sorted(maps.Keys(plants)), ", "))}
	case c.load < 0 || c.progress < 0:
		return usage{errors.New("-load and -progress are not negative")}
	}
	return nil
}

// run serves until the load is done or ctx is, and returns how many findings there were.
func (c config) run(ctx context.Context, out io.Writer) (found int64, err error) {
	dir, err := os.MkdirTemp("", "models")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	var count atomic.Int64
	lockorder.SetHandler(func(r lockorder.Report) {
		count.Add(1)
		fmt.Fprint(out, r)
		if r.Tier == lockorder.Deadlock && !c.stay {
			_ = os.RemoveAll(dir)
			os.Exit(1) // who waits in it will never answer
		}
	})
	defer lockorder.SetHandler(nil)
	if err := writeFiles(dir); err != nil {
		return 0, err
	}
	err = c.serve(ctx, newServer(dir), out)
	_ = lockorder.Find() // gives the handler what shows only to who looks: locks that were left locked
	return count.Load(), err
}

// serve runs s, and on it the plant and then the load, if there are any.
func (c config) serve(ctx context.Context, s *server, out io.Writer) error {
	listener, err := net.Listen("tcp", c.addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%w; -addr 127.0.0.1:0 takes a free port", err)
	}
	if err != nil {
		return err
	}
	base := "http://" + listener.Addr().String()
	fmt.Fprintf(out, "inference: serving %d models on %s, who waits for whom on %s/debug/lockorder/\n", models, base, base)
	web := s.web()
	var serving sync.WaitGroup
	served := make(chan error, 1)
	serving.Go(func() { served <- web.Serve(listener) })
	if c.stay {
		done := make(chan error, 1)
		go func() { done <- c.work(ctx, base, s, out, served) }()
		select {
		case err = <-done:
		case <-ctx.Done():
			_ = web.Close() // who waits in a deadlock is left there
			return nil
		}
	} else {
		err = c.work(ctx, base, s, out, served)
	}
	if failed := s.shutdown(web); err == nil {
		err = failed
	}
	serving.Wait()
	return err
}

// work makes the mistake, then sends the load or waits.
func (c config) work(ctx context.Context, base string, s *server, out io.Writer, served <-chan error) (err error) {
	var planted error
	switch plant := plants[c.plant]; {
	case plant == nil:
	case c.stay:
		go func() { _ = plant(s) }() // the requests come to wait behind it
	default:
		planted = plant(s) // before there is load, so that it meets nobody and the report is the same each time
	}
	if c.load > 0 {
		err = newLoad(base, c.progress, out).run(ctx, c.load, s)
	} else {
		select {
		case <-ctx.Done():
		case err = <-served:
		}
	}
	if err == nil {
		err = planted
	}
	return err
}
