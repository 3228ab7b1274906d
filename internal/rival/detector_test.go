//go:build !interlock_off

package rival_test

import (
	"bytes"
	"io"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	deadlock "github.com/sasha-s/go-deadlock"
	"go.uber.org/goleak"

	"github.com/interlock-go/interlock/internal/engine"
	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/mutex"
)

const (
	// patience bounds every wait of these tests. Nothing waits that long unless it is broken.
	patience = 10 * time.Second
	// rivalTimeout is how long go-deadlock lets a goroutine wait before it calls that a
	// deadlock. Its own value is 30 s.
	rivalTimeout = 20 * time.Millisecond
)

// TestMain sets go-deadlock's options once: it reads them without synchronization. Its bound on
// remembered pairs is off, in its favour: it would forget the half of some program.
func TestMain(m *testing.M) {
	if run := children[os.Getenv(childVariable)]; run != nil {
		run()
		os.Exit(0)
	}
	lockorder.SetHandler(func(r lockorder.Report) { ours.findings.add(r.Tier.String()) })
	deadlock.Opts.OnPotentialDeadlock = func() {}
	deadlock.Opts.LogBuf = &rival.findings
	deadlock.Opts.DeadlockTimeout = rivalTimeout
	deadlock.Opts.MaxMapSize = -1
	goleak.VerifyTestMain(m)
}

// lock is an RWMutex of either detector.
type lock interface {
	sync.Locker
	TryLock() bool
	RLock()
	RUnlock()
	TryRLock() bool
	RLocker() sync.Locker
}

// detector is one of the two that are compared.
type detector struct {
	lock     func() lock
	restart  func() // forgets what has been seen
	findings findings
}

var ours = detector{
	lock:    func() lock { return new(mutex.RWMutex) },
	restart: engine.Reset,
}

// rival cannot forget, but every program has locks of its own, which it has never seen.
var rival = detector{
	lock:    func() lock { return new(deadlock.RWMutex) },
	restart: func() {},
}

// begin starts over and returns n locks that nobody has used.
func (d *detector) begin(n int) []lock {
	d.restart()
	d.findings.clear()
	locks := make([]lock, n)
	for i := range locks {
		locks[i] = d.lock()
	}
	return locks
}

// findings are the names of what was reported: interlock's tiers, or the kinds of go-deadlock.
type findings struct {
	mu   sync.Mutex
	seen []string
}

func (f *findings) add(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen = append(f.seen, name)
}

func (f *findings) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen = nil
}

func (f *findings) all() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.seen)
}

// Names of verdicts beside those of our tiers.
const (
	none         = "none"
	inconsistent = "inconsistent" // go-deadlock: two locks in both orders
	recursive    = "recursive"    // go-deadlock: a lock within a hold of itself
	timeout      = "timeout"      // go-deadlock: a wait longer than Opts.DeadlockTimeout
)

// gravity is the order of our tiers; go-deadlock's kinds are in the order in which they come.
var gravity = []string{
	lockorder.Deadlock.String(), lockorder.Potential.String(), lockorder.NeedsWriter.String(), lockorder.Violation.String(),
	lockorder.Guarded.String(), lockorder.Ordered.String(), lockorder.Hazard.String(), recursive, inconsistent, timeout,
}

// gravest is the verdict: the first in gravity that was reported.
func (f *findings) gravest() string {
	seen := f.all()
	for _, name := range gravity {
		if slices.Contains(seen, name) {
			return name
		}
	}
	return none
}

var _ io.Writer = (*findings)(nil)

// Write takes what go-deadlock prints, of which one line says the kind.
func (f *findings) Write(p []byte) (int, error) {
	for _, kind := range []struct{ text, name string }{
		{"Recursive locking:", recursive},
		{"Inconsistent locking.", inconsistent},
		{"Have been trying to lock it again for more than", timeout},
	} {
		if bytes.Contains(p, []byte(kind.text)) {
			f.add(kind.name)
		}
	}
	return len(p), nil
}
