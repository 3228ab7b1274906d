package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"
)

const (
	users = 4 // who send interactive requests, one after the other
	jobs  = 2 // who send batch jobs
)

// load sends requests and notes what came of them.
type load struct {
	base     string
	progress time.Duration
	out      io.Writer
	client   *http.Client
	began    time.Time

	mu       sync.Mutex
	answered int             // interactive requests
	took     []time.Duration // of the interactive requests
	batches  int
	rows     map[string]int // that were answered, by model
}

func newLoad(base string, progress time.Duration, out io.Writer) *load {
	transport := &http.Transport{MaxIdleConnsPerHost: users + jobs}
	return &load{base: base, progress: progress, out: out, client: &http.Client{Transport: transport}, rows: map[string]int{}}
}

// run sends load for a while, and then holds the server's bill against what was answered.
func (l *load) run(ctx context.Context, d time.Duration, s *server) error {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	defer l.client.CloseIdleConnections()
	l.began = time.Now()
	var all sync.WaitGroup
	errs := make([]error, users+jobs)
	for i := range errs {
		all.Go(func() {
			send := l.predict
			if i >= users {
				send = l.batch
			}
			for ctx.Err() == nil && errs[i] == nil {
				errs[i] = send() // not with ctx: what is under way is finished, so that the counts are exact
			}
		})
	}
	if l.progress > 0 {
		all.Go(func() { l.report(ctx) })
	}
	all.Wait()
	l.line()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	bill, err := s.bill()
	if err == nil && !maps.Equal(bill, l.rows) {
		err = fmt.Errorf("the bill is for %v, the answers were %v", bill, l.rows)
	}
	hits, misses := s.cache.counts()
	fmt.Fprintf(l.out, "inference: every row is on the bill; %d of %d models were in the cache\n", hits, hits+misses)
	return err
}

// predict sends one interactive request.
func (l *load) predict() error {
	model := modelName(rand.IntN(models))
	in := make([]float32, width)
	for i := range in {
		in[i] = rand.Float32()
	}
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	began := time.Now()
	if err := l.post("/predict/"+model, body); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answered++
	l.took = append(l.took, time.Since(began))
	l.rows[model]++
	return nil
}

// batch sends one batch job.
func (l *load) batch() error {
	model, rows := modelName(rand.IntN(models)), 1+rand.IntN(allRows)
	if err := l.post(fmt.Sprintf("/batch/%s?rows=%d", model, rows), nil); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.batches++
	l.rows[model] += rows
	return nil
}

// post sends a request and checks that the answer has as many numbers as it should.
func (l *load) post(path string, body []byte) error {
	answer, err := l.client.Post(l.base+path, "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	var numbers []float32
	if answer.StatusCode != http.StatusOK || json.Unmarshal(text, &numbers) != nil || len(numbers) != width {
		return fmt.Errorf("%s: %s: %s", path, answer.Status, text)
	}
	return nil
}

// report prints a line now and then.
func (l *load) report(ctx context.Context) {
	tick := time.NewTicker(l.progress)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			l.line()
		case <-ctx.Done():
			return
		}
	}
}

func (l *load) line() {
	l.mu.Lock()
	defer l.mu.Unlock()
	slices.Sort(l.took)
	half, most := time.Duration(0), time.Duration(0)
	if n := len(l.took); n > 0 {
		half, most = l.took[n/2], l.took[n-1]
	}
	seconds := time.Since(l.began).Seconds()
	fmt.Fprintf(l.out, "inference: %.0fs: %d interactive requests (%.0f/s, half within %v, all within %v), %d batch jobs\n",
		seconds, l.answered, float64(l.answered)/seconds, half.Round(10*time.Microsecond), most.Round(10*time.Microsecond), l.batches)
}
