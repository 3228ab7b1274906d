package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/interlock-go/interlock/banker"
	"github.com/interlock-go/interlock/lockorder/lockhttp"
	"github.com/interlock-go/interlock/pi"
)

const (
	batch       pi.Priority = 1 // works through many rows
	interactive pi.Priority = 9 // somebody waits for one
)

// server is everything that the requests share.
//
// Nobody holds two of its locks at once, and nobody waits for anything else with one in hand: that is the whole locking discipline.
type server struct {
	dir   string
	cache *cache
	gpus  *banker.Banker
	tasks *pi.Executor

	usage pi.Mutex       // guards rows; a batch job that has it is not held up by others than who waits for it
	rows  map[string]int // by model, what was computed for the bill
}

func newServer(dir string) *server {
	s := &server{dir: dir, cache: newCache(dir, models-2), gpus: newGPUs(), tasks: pi.NewExecutor(), rows: map[string]int{}}
	s.usage.SetName("usage")
	return s
}

// mostBody is more than the numbers of a request take, in bytes.
const mostBody = 64 << 10

// web is the HTTP server: nobody keeps it busy by sending or reading slowly.
func (s *server) web() *http.Server {
	return &http.Server{
		Handler:           http.MaxBytesHandler(s.handler(), mostBody),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      time.Minute, // a batch job computes for a while before it writes
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
}

func (s *server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("POST /predict/{model}", s.at(interactive, s.predict))
	mux.Handle("POST /batch/{model}", s.at(batch, s.batch))
	// A real server would mount this where it mounts pprof: on a port of its own that the world does not reach.
	mux.Handle("GET /debug/lockorder/", lockhttp.Handler(
		lockhttp.WithBanker(s.gpus), lockhttp.WithExecutor("requests", s.tasks, nil)))
	return mux
}

// at runs a handler as a task of a priority, on the goroutine that net/http has for the request.
func (s *server) at(p pi.Priority, handle func(context.Context, *pi.Task, *http.Request) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var answer any
		err := s.tasks.Do(r.Context(), p, func(ctx context.Context, t *pi.Task) (err error) {
			answer, err = handle(ctx, t, r)
			return err
		})
		if err != nil {
			http.Error(w, err.Error(), statusOf(err))
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(answer) // an error is the client's going away
	})
}

func statusOf(err error) int {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return http.StatusNotFound
	case errors.As(err, new(*http.MaxBytesError)):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, os.ErrDeadlineExceeded):
		return http.StatusRequestTimeout
	case errors.As(err, new(badRequest)):
		return http.StatusBadRequest
	}
	return http.StatusServiceUnavailable
}

// badRequest is an error of the client's.
type badRequest struct{ error }

// Unwrap returns what was wrong with the body.
func (b badRequest) Unwrap() error { return b.error }

// predict applies a model to the numbers in the body.
func (s *server) predict(ctx context.Context, t *pi.Task, r *http.Request) (any, error) {
	var in, out []float32
	var err error
	t.Block(func() { err = json.NewDecoder(r.Body).Decode(&in) })
	if err != nil {
		return nil, badRequest{fmt.Errorf("the body is not a list of %d numbers: %w", width, err)}
	}
	if len(in) != width {
		return nil, badRequest{fmt.Errorf("the body has %d numbers instead of %d", len(in), width)}
	}
	name := r.PathValue("model")
	m, err := s.model(t, name)
	if err != nil {
		return nil, err
	}
	err = s.onGPUs(ctx, t, "predict "+name, 1, func(func() error) error {
		out = m.apply(in, t.Checkpoint)
		return nil
	})
	if err == nil {
		err = s.used(ctx, t, name, 1)
	}
	return out, err
}

// batch applies a model to the first rows of the data set, as many as ?rows= says, and answers with the sum of the outputs.
func (s *server) batch(ctx context.Context, t *pi.Task, r *http.Request) (any, error) {
	n, err := strconv.Atoi(r.FormValue("rows"))
	if err != nil || n < 1 || n > allRows {
		return nil, badRequest{fmt.Errorf("rows is not a number from 1 to %d", allRows)}
	}
	name := r.PathValue("model")
	m, err := s.model(t, name)
	if err != nil {
		return nil, err
	}
	sum := make([]float32, width)
	err = s.onGPUs(ctx, t, "batch "+name, forRows, func(grow func() error) error {
		if n > allRows/2 {
			if err := grow(); err != nil {
				return err
			}
		}
		return eachRow(ctx, t, dataFile(s.dir), n, func(rows [][]float32) error {
			for _, row := range rows {
				for i, x := range m.apply(row, t.Checkpoint) {
					sum[i] += x
				}
			}
			return s.used(ctx, t, name, len(rows))
		})
	})
	return sum, err
}

// model gets a model, outside the task's slot.
func (s *server) model(t *pi.Task, name string) (m *model, err error) {
	t.Block(func() { m, err = s.cache.get(name) })
	return m, err
}

// used puts rows on the bill.
func (s *server) used(ctx context.Context, t *pi.Task, model string, rows int) error {
	if err := s.usage.LockContext(ctx, t); err != nil {
		return err
	}
	defer s.usage.Unlock(t)
	s.rows[model] += rows
	return nil
}

// bill returns how many rows were computed with each model. It is for when nobody computes any more.
func (s *server) bill() (rows map[string]int, err error) {
	err = s.tasks.Do(context.Background(), interactive, func(_ context.Context, t *pi.Task) error {
		s.usage.Lock(t)
		defer s.usage.Unlock(t)
		rows = s.rows
		return nil
	})
	return rows, err
}

// shutdown lets the requests finish that are under way.
func (s *server) shutdown(web *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return errors.Join(web.Shutdown(ctx), s.tasks.Shutdown(ctx))
}
