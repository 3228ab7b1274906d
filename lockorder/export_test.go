package lockorder

import (
	"io"
	"time"

	"github.com/interlock-go/interlock/internal/engine"
)

// Explain fills in the sentences of a report made by hand.
func Explain(r Report) Report {
	r.Rule = cmpOr(r.Rule, brokenRule(&r))
	r.explain()
	return r
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

var (
	NewReport   = newReport
	Frames      = frames
	WithoutOurs = withoutOurs
	Sink        = sink
	FailingSet  = failingTiers
)

// Config is what parseConfig returns, for tests.
type Config struct {
	LogPath   string
	Halt      bool
	ExitCode  int
	Tiers     []Tier
	Graph     string
	Pause     string
	Wait      time.Duration
	Stacks    bool
	MaxOrders int
}

func ParseConfig(text string) (Config, []error) {
	c, wrong := parseConfig(text)
	out := Config{
		LogPath: c.logPath, Halt: c.halt, ExitCode: c.exitCode, Graph: c.graph,
		Pause: c.pause, Wait: c.wait, Stacks: c.stacks, MaxOrders: c.maxOrders,
	}
	for t := Deadlock; t <= Hazard; t++ {
		if c.tiers.has(t) {
			out.Tiers = append(out.Tiers, t)
		}
	}
	return out, wrong
}

// Reset forgets findings, handler and ignored ones, and puts a state in the
// engine's place until the returned function is called.
func Reset(state State) (restore func()) {
	forget := func() {
		findings.mu.Lock()
		findings.list, findings.byID = nil, nil
		findings.mu.Unlock()
		ignored.mu.Lock()
		ignored.rules = nil
		ignored.mu.Unlock()
		handler.Store(nil)
		mainVerifies.Store(false)
	}
	forget()
	oldState, oldHeld := engineState, engineHeld
	engineState = func() State { return state }
	engineHeld = func() []HeldLock { return state.Held }
	return func() {
		forget()
		engineState, engineHeld = oldState, oldHeld
	}
}

// SetExit replaces os.Exit and standard error in VerifyTestMain.
func SetExit(f func(int), w io.Writer) (restore func()) {
	oldExit, oldErr := exit, stderr
	exit, stderr = f, w
	return func() { exit, stderr = oldExit, oldErr }
}

// Finding with an ID, for tests that need nothing but something to deliver.
func Deliver(r Report) { deliver(r) }

type Standing struct {
	ID      uint64
	State   string
	Stack   []Frame
	Creator string
	Parent  uint64
	Blocked bool
}

func ParseDump(text string) []Standing {
	var all []Standing
	for _, g := range parseDump(text) {
		all = append(all, Standing{g.id, g.state, g.stack, g.creator, g.parent, g.blocked()})
	}
	return all
}

// LongWaits runs ticks of the watcher against states and one dump.
func LongWaits(limit time.Duration, dump string, ticks ...Tick) []Report {
	p := patience{limit: limit}
	var all []Report
	for _, t := range ticks {
		late := p.overdue(t.Now, t.State.Waits)
		all = append(all, longWaits(limit, late, t.State.Waits, t.State.Held, parseDump(dump))...)
	}
	return all
}

type Tick struct {
	Now   time.Time
	State State
}

// WatchWaits runs the watcher until stop is closed.
var WatchWaits = watchWaits

var TestFunction = testFunction

// Raw is here so that tests name the engine's type in one place.
type Raw = engine.Finding
