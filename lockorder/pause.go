package lockorder

import (
	"os"
	"sync"

	"github.com/interlock-go/interlock/internal/engine"
	"github.com/interlock-go/interlock/internal/graphfile"
	"github.com/interlock-go/interlock/internal/rendezvous"
	"github.com/interlock-go/interlock/internal/rule"
)

// readPauses reads the plan that the command lockorder has made for this process.
func readPauses(path string) (rendezvous.Plan, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return rendezvous.Plan{}, err
	}
	return rendezvous.Parse(text)
}

// startPauses holds goroutines up where they are about to do their part in the
// cycle of the plan. It starts one goroutine.
func startPauses(plan rendezvous.Plan) {
	p := pauser{plan: plan, meeting: rendezvous.New(plan)}
	enginePauses(p.pause)
}

// pauser translates requests to places.
type pauser struct {
	plan    rendezvous.Plan
	meeting *rendezvous.Meeting
	places  sync.Map // return address → string
}

// pause holds the running goroutine up if its request is of interest, and
// says whether another at the same place could be.
func (p *pauser) pause(a engine.Ask) bool {
	want := p.lock(a.Want)
	if !p.plan.Watches(want.At) {
		return false
	}
	held := make([]rendezvous.Lock, len(a.Held))
	for i, h := range a.Held {
		held[i] = p.lock(h)
	}
	p.meeting.Pause(a.Goroutine, held, want)
	return true
}

func (p *pauser) lock(a engine.Asked) rendezvous.Lock {
	return rendezvous.Lock{ID: a.ID, Place: rendezvous.Place{At: p.at(a.PC), Read: a.Mode == rule.Read}}
}

// at names a place as the graph file does.
func (p *pauser) at(pc uintptr) string {
	if at, ok := p.places.Load(pc); ok {
		return at.(string)
	}
	at := ""
	if stack := frames([]uintptr{pc}); len(stack) > 0 {
		f := stack[0]
		if g, ok := graph.(graphFile); ok {
			f.File = g.Portable(f.Func, f.File)
		}
		at = graphfile.Frame(f).Position()
	}
	p.places.Store(pc, at)
	return at
}
