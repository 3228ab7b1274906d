package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/interlock-go/interlock/cmd/lockorder/internal/finding"
	"github.com/interlock-go/interlock/internal/graphfile"
	"github.com/interlock-go/interlock/internal/rendezvous"
	"github.com/interlock-go/interlock/internal/visible"
	"github.com/interlock-go/interlock/lockorder"
)

// reruns are the attempts to make predicted deadlocks happen.
type reruns struct {
	*conclusion
	targets []*target
	stderr  io.Writer

	turn  map[*keptTest]*sync.Mutex // a test binary is not run twice at a time, as by go test
	room  chan struct{}             // so many run at a time
	mu    sync.Mutex                // guards what follows, and the targets' rings
	found finding.List
	rings int             // written so far
	told  map[string]bool // identities of deadlocks that nobody predicted
}

// target is a finding that is to happen.
type target struct {
	f     *finding.Finding
	parts [2][]rendezvous.Part // at the places of the finding; at all places of its classes
	tests []*keptTest          // that can make it happen
	runs  int
	hung  bool // a rerun had to be killed
}

// The first rerun holds a goroutine up for firstLimit at a time, and each further
// one for longer: most partners come at once, and tests that wait a second for
// something are rare.
const (
	firstLimit = 40 * time.Millisecond
	growth     = 1.1
	pauses     = 12 // that the budget of a process suffices for
)

// grace is how much longer a rerun may take than all tests took. One that takes longer
// hangs, on something that is no lock.
const grace = 30 * time.Second

// confirm reruns the tests that took the orders of potential findings, and tells each finding what has
// become of it. It returns how many were confirmed. Rings that have closed go to the graph files.
func (c *conclusion) confirm(ctx context.Context, found finding.List, graph *graphfile.Graph, stderr io.Writer) (string, error) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	tests, err := keptTests(c.kept)
	if err != nil {
		return "", err
	}
	r := &reruns{conclusion: c, stderr: stderr, found: found, turn: map[*keptTest]*sync.Mutex{}, told: map[string]bool{}}
	for i := range found {
		r.told[finding.Identity(&found[i])] = true // one that the tests make by themselves is printed as it is
	}
	for _, t := range tests {
		r.turn[t] = &sync.Mutex{}
	}
	r.room = make(chan struct{}, max(c.p.parallel, 1))
	if c.p.parallel == 0 {
		r.room = make(chan struct{}, runtime.GOMAXPROCS(0))
	}
	var all sync.WaitGroup
	for i := range found {
		if found[i].Report.Tier != lockorder.Potential {
			continue
		}
		t := newTarget(&found[i], graph, tests)
		r.targets = append(r.targets, t)
		all.Go(func() { r.try(ctx, t) })
	}
	all.Wait()
	return r.sum(), nil
}

func newTarget(f *finding.Finding, graph *graphfile.Graph, tests []*keptTest) *target {
	t := &target{f: f}
	t.parts[0], _ = finding.PartsOf(&f.Report, graph, false)
	var programs map[string]bool
	t.parts[1], programs = finding.PartsOf(&f.Report, graph, true)
	for _, test := range tests {
		if programs[test.Program] {
			t.tests = append(t.tests, test)
		}
	}
	return t
}

// try reruns tests until the target has happened.
func (r *reruns) try(ctx context.Context, t *target) {
	if len(t.parts[0]) < 2 || len(t.tests) == 0 {
		t.f.Tried = "not tried, for no test binary takes all of its orders"
		return
	}
	for n := range r.p.confirmRuns {
		test := t.tests[n%len(t.tests)]
		r.turn[test].Lock()
		r.room <- struct{}{}
		if !r.happened(t) && ctx.Err() == nil {
			t.runs = n + 1
			r.say("confirm %s: rerun %d of at most %d, of %s", t.f.Report.ID, t.runs, r.p.confirmRuns, filepath.Base(test.Program))
			if err := r.rerun(ctx, t, test, n); err != nil {
				fmt.Fprintf(r.stderr, "lockorder: confirm %s: %v\n", t.f.Report.ID, err)
			}
			if r.happened(t) {
				t.f.ClosedIn = fmt.Sprintf("in rerun %d, of %s, ", t.runs, filepath.Base(test.Program))
			}
		}
		<-r.room
		r.turn[test].Unlock()
		if r.happened(t) || t.hung || ctx.Err() != nil {
			break
		}
	}
	if r.happened(t) {
		return
	}
	if t.runs == 0 {
		t.f.Tried = "not tried, for the reruns were interrupted"
		return
	}
	t.f.Tried = fmt.Sprintf("the ring did not close in %s, which proves nothing", finding.Plural(t.runs, "rerun", "reruns"))
	if t.hung {
		t.f.Tried += "; the last one hung on something else and was killed"
	}
}

func (r *reruns) happened(t *target) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return t.f.Ring != nil
}

// rerun runs a test binary with pauses for a target, and takes the rings that have closed.
func (r *reruns) rerun(ctx context.Context, t *target, test *keptTest, n int) error {
	dir, err := os.MkdirTemp(r.kept, "run-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	plan, err := json.Marshal(t.plan(n))
	if err != nil {
		return err
	}
	file := filepath.Join(dir, "plan.json")
	if err := os.WriteFile(file, plan, 0o666); err != nil {
		return err
	}
	limited, stop := context.WithTimeout(ctx, r.took+grace)
	defer stop()
	command := append(append(slices.Clone(test.Exec), test.Binary), test.Args...)
	cmd := exec.CommandContext(limited, command[0], command[1:]...)
	cmd.Dir = test.Dir
	cmd.Env = append(slices.Clone(test.Env), "INTERLOCK="+settings(dir, r.build,
		"pause="+file, "stacks=1", "log_path=stderr", "tiers=none", "halt_on_error=0"))
	_ = cmd.Run() // that a test fails when it is held up says nothing
	if err := r.take(dir); err != nil || limited.Err() == nil || ctx.Err() != nil {
		return err
	}
	t.hung = true
	return nil
}

// plan is that of the n-th rerun.
func (t *target) plan(n int) rendezvous.Plan {
	limit := time.Duration(float64(firstLimit) * math.Pow(growth, float64(n)))
	p := rendezvous.Plan{Parts: t.parts[n%2], Limit: limit, Budget: pauses * limit, Late: -1, Seed: uint64(n)}
	if n%3 > 0 { // a third of them without
		p.Late = (n / 2) % len(p.Parts)
	}
	return p
}

// take gives the rings in the graph files of a rerun to the findings that they
// confirm, and keeps these.
func (r *reruns) take(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*"+graphfile.Extension))
	if err != nil {
		return err
	}
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		lines := slices.Collect(bytes.Lines(content))
		for _, line := range lines {
			raw, isReport := bytes.CutPrefix(line, []byte("report "))
			var ring lockorder.Report
			if !isReport || json.Unmarshal(raw, &ring) != nil || !ring.Provoked {
				continue
			}
			if err := r.closed(ring, slices.Concat(lines[0], lines[1], line)); err != nil { // the file's head names the process
				return err
			}
		}
	}
	return nil
}

// closed tells the findings of a ring. file is a graph file that has nothing else.
func (r *reruns) closed(ring lockorder.Report, file []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.found.Confirms([]lockorder.Report{ring})) > 0 {
		if id := finding.Identity(&finding.Finding{Report: ring}); !r.told[id] {
			r.told[id] = true
			fmt.Fprintf(r.stderr, "lockorder: a rerun met a deadlock that was not predicted: %s\n", visible.Text(ring.Summary))
		}
		return nil
	}
	r.rings++
	name := filepath.Join(r.graphs, fmt.Sprintf("ring-%d%s", r.rings, graphfile.Extension))
	return os.WriteFile(name, file, 0o666)
}

// sum is "confirmed k of n".
func (r *reruns) sum() string {
	k := 0
	for _, t := range r.targets {
		if t.f.Ring != nil {
			k++
		}
	}
	return fmt.Sprintf("confirmed %d of %s", k, finding.Plural(len(r.targets), "potential finding", "potential findings"))
}
