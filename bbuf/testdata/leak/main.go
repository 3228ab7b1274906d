// Command leak parks goroutines on buffers and conditions, half of which nobody can reach any more, and prints
// the goroutine-leak profile.
package main

import (
	"context"
	"os"
	"runtime"
	"runtime/pprof"
	"sync"
	"time"

	"github.com/interlock-go/interlock/bbuf"
	"github.com/interlock-go/interlock/cond"
)

var (
	kept     = bbuf.New[int](1)
	keptCond = cond.New(new(sync.Mutex))
)

func leakGet(b *bbuf.Buffer[int])     { _, _ = b.Get(context.Background()) }
func leakWatched(b *bbuf.Buffer[int]) { _, _ = b.Get(context.Background()) }
func leakPut(b *bbuf.Buffer[int])     { _, _ = b.PutN(context.Background(), make([]int, 3)) }
func leakWait(c *cond.Cond)           { c.L.Lock(); c.Wait() }
func keepGet(b *bbuf.Buffer[int])     { _, _ = b.Get(context.Background()) }
func keepWait(c *cond.Cond)           { c.L.Lock(); c.Wait() }

func main() {
	go leakGet(bbuf.New[int](100))
	go leakPut(bbuf.New[int](1))
	go leakWait(cond.New(new(sync.Mutex)))
	go keepGet(kept)
	go keepWait(keptCond)
	watched := bbuf.New[int](1)
	watched.Producer()
	go leakWatched(watched)
	watched = nil
	time.Sleep(50 * time.Millisecond) // nobody waits for this program to be quick, and all of them to park
	runtime.GC()
	if err := pprof.Lookup("goroutineleak").WriteTo(os.Stdout, 2); err != nil {
		panic(err)
	}
	runtime.KeepAlive(kept)
}
