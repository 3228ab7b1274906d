// Command manners is linked with one of the two implementations, by the build tag rival. With the argument races it
// plants data races between goroutines that have no lock in common; without one it waits for what nobody sends.
package main

import (
	"os"
	"runtime"
	"sync"
)

func main() {
	if len(os.Args) > 1 {
		for n := range shared {
			plant(n)
		}
		return
	}
	use(new(mutex))
	<-make(chan bool)
}

func use(m *mutex) {
	m.Lock()
	m.Unlock()
}

var shared [10]int

// plant lets one goroutine run after the other without a word between them, each with a mutex of its own. The
// depth of the stack makes the race detector tell the races apart.
func plant(n int) {
	var all sync.WaitGroup
	over := false
	all.Go(func() {
		deep(n, n)
		set(&over)
	})
	all.Go(func() {
		for !get(&over) {
			runtime.Gosched()
		}
		deep(n, n)
	})
	all.Wait()
}

//go:noinline
func deep(n, depth int) {
	if depth > 0 {
		deep(n, depth-1)
		return
	}
	m := new(mutex)
	use(m)
	shared[n]++
	use(m)
}

//go:norace
//go:noinline
func set(flag *bool) { *flag = true }

//go:norace
//go:noinline
func get(flag *bool) bool { return *flag }
