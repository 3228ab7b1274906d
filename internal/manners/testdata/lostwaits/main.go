// Command lostwaits loses four goroutines that wait for a condition, and prints how many of them Go's leak
// profile sees.
package main

import (
	"fmt"
	"runtime/pprof"
	"strings"

	"github.com/interlock-go/interlock/internal/callsite"
	"github.com/interlock-go/interlock/internal/engine"
)

var kind = engine.NewKind("Gate")

type gate struct {
	cond engine.Condition
	wait engine.Waiter
	let  chan struct{}
}

// leak starts a goroutine that waits for what only main could do, and main forgets it.
func leak(refusable bool) {
	g := &gate{let: make(chan struct{})}
	g.cond.Register(engine.Running())
	blocks := make(chan struct{})
	go func() {
		g.wait.Prepare(&g.cond, kind, callsite.Outside())
		refuse := make(chan struct{}, 1)
		if refusable {
			g.wait.BlockRefusable(refuse)
		} else {
			g.wait.Block()
		}
		close(blocks)
		select {
		case <-g.let:
		case <-refuse:
		}
		g.wait.UnblockRefusable()
	}()
	<-blocks
}

func main() {
	for i := range 4 {
		leak(i%2 == 0)
	}
	var found strings.Builder
	if err := pprof.Lookup("goroutineleak").WriteTo(&found, 2); err != nil {
		panic(err)
	}
	fmt.Println(strings.Count(found.String(), "(leaked)"))
}
