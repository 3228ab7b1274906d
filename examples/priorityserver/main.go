// Command priorityserver is an HTTP server whose interactive requests and batch jobs share one lock.
// It serves itself a while, once with inheritance and once without, and prints how long the
// interactive requests took.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/interlock-go/interlock/pi"
)

const (
	batch       pi.Priority = 1 // holds the lock for long
	report      pi.Priority = 5 // needs no lock, and much of the processor
	interactive pi.Priority = 9 // needs the lock for an instant
)

// server keeps a table that everybody needs, behind one lock.
type server struct {
	executor *pi.Executor
	lock     pi.Mutex
	table    map[string]int
}

// at is the middleware: it runs the handler as a task of the given priority, on the goroutine that
// net/http has for the request, and gives up with the client.
func (s *server) at(p pi.Priority, handle func(http.ResponseWriter, *http.Request, *pi.Task)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := s.executor.Do(r.Context(), p, func(ctx context.Context, t *pi.Task) error {
			handle(w, r.WithContext(ctx), t)
			return nil
		})
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	})
}

func (s *server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/get", s.at(interactive, s.get))
	mux.Handle("/report", s.at(report, func(_ http.ResponseWriter, _ *http.Request, t *pi.Task) { work(t, 40) }))
	mux.Handle("/rebuild", s.at(batch, s.rebuild))
	return mux
}

func (s *server) get(w http.ResponseWriter, r *http.Request, t *pi.Task) {
	if err := s.lock.LockContext(r.Context(), t); err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	n := s.table[r.URL.Query().Get("key")]
	s.lock.Unlock(t)
	t.Block(func() { fmt.Fprintln(w, n) }) // the client may be slow
}

func (s *server) rebuild(_ http.ResponseWriter, _ *http.Request, t *pi.Task) {
	s.lock.Lock(t)
	defer s.lock.Unlock(t)
	s.table["rebuilt"]++
	work(t, 4)
}

// work keeps a processor busy for some milliseconds, and lets more urgent tasks go first.
func work(t *pi.Task, milliseconds int) {
	for range milliseconds * 4 {
		start := time.Now()
		for time.Since(start) < time.Millisecond/4 {
		}
		t.Checkpoint()
	}
}

// serve runs the server for some rounds of a rebuild, a report and an interactive request each, and
// returns how long the interactive ones took, the longest last.
func serve(protocol pi.Protocol, rounds int) (took []time.Duration, err error) {
	s := &server{
		executor: pi.NewExecutor(pi.WithSlots(1), pi.WithProtocol(protocol)),
		table:    map[string]int{},
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	web := &http.Server{Handler: s.handler(), ReadHeaderTimeout: time.Second}
	var done sync.WaitGroup
	done.Go(func() { _ = web.Serve(listener) })
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	base := "http://" + listener.Addr().String()
	for range rounds {
		d, failed := request(client, base)
		err = errors.Join(err, failed)
		took = append(took, d)
	}
	err = errors.Join(err, s.executor.Shutdown(context.Background()), web.Shutdown(context.Background()))
	done.Wait()
	slices.Sort(took)
	return took, err
}

// request makes one round and returns how long the interactive request took.
func request(client *http.Client, base string) (took time.Duration, err error) {
	var all sync.WaitGroup
	errs := make([]error, 3)
	for i, path := range []string{"/rebuild", "/report", "/get?key=rebuilt"} {
		all.Go(func() {
			start := time.Now()
			answer, failed := client.Get(base + path)
			if failed == nil {
				failed = answer.Body.Close()
			}
			if errs[i] = failed; i == 2 {
				took = time.Since(start)
			}
		})
		time.Sleep(time.Millisecond) // they come one after the other
	}
	all.Wait()
	return took, errors.Join(errs...)
}

func main() {
	for name, protocol := range map[string]pi.Protocol{"without": pi.None, "with": pi.Inherit} {
		took, err := serve(protocol, 20)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Printf("%-7s inheritance: half of the interactive requests took %v, the longest %v\n",
			name, took[len(took)/2].Round(time.Microsecond), took[len(took)-1].Round(time.Microsecond))
	}
}
