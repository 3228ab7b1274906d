package lockorder

import (
	"io"
	"os"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/interlock-go/interlock/internal/engine"
)

var handler atomic.Pointer[func(Report)]

// SetHandler makes h receive every finding from then on, once each, instead of
// the default, which prints the failing tiers on standard error. nil brings
// the default back.
//
// h runs on the goroutine that made the finding, in the middle of its call of
// Lock or the like, and may run on several at once. No internal lock is held:
// h may lock, panic and exit. A panic, or runtime.Goexit, ends that call: a Lock
// does not have the lock, and nothing waits on the call's behalf any more. What
// h must not do is wait for the goroutines of a [Deadlock].
//
// Findings that [Ignore] silences do not reach h, all others do: tiers= of
// INTERLOCK chooses what is printed, not what h receives.
func SetHandler(h func(Report)) {
	if h == nil {
		handler.Store(nil)
		return
	}
	handler.Store(&h)
}

// sink receives each distinct finding from the engine, with no lock held.
func sink(f *engine.Finding) { deliver(newReport(f)) }

// deliver stores a finding before it gives it away: a handler that panics or
// exits must not lose it for those who ask later.
func deliver(r Report) {
	r.Provoked = active.pause != "" && r.Tier == Deadlock && !r.Refused
	if !remember(r, currentFinder()) {
		return
	}
	graphReport(r)
	if r.Provoked {
		os.Exit(active.exitCode) // the ring is what the process was run for, and it would hang
	}
	if silenced(&r) {
		return
	}
	if h := handler.Load(); h != nil {
		(*h)(r)
	} else if active.tiers.has(r.Tier) {
		log.write(r.String())
	}
	if active.halt && active.tiers.has(r.Tier) {
		os.Exit(active.exitCode)
	}
}

// output is where the default handler prints. A file is opened when there is
// something to say, so that a process without findings leaves none.
type output struct {
	path string // "stderr", "stdout" or a prefix
	once sync.Once
	file io.Writer
}

var log = output{path: "stderr"}

// write hands over the whole text at once, so that texts of several goroutines
// do not mix.
func (o *output) write(text string) {
	o.once.Do(o.open)
	w := o.file
	switch {
	case w != nil:
	case o.path == "stdout":
		w = os.Stdout
	default:
		w = os.Stderr
	}
	// Nobody is left to be told that standard error cannot be written.
	_, _ = io.WriteString(w, text)
}

func (o *output) open() {
	if o.path == "stderr" || o.path == "stdout" {
		return
	}
	name := o.path + "." + strconv.Itoa(os.Getpid())
	f, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		complain("INTERLOCK: log_path: " + err.Error() + "; reports go to standard error")
		return
	}
	o.file = f
}

// complain says on standard error what is wrong with how we are used.
func complain(what string) {
	_, _ = io.WriteString(os.Stderr, "interlock: "+what+"\n")
}
