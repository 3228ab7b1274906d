// Command races plants one data race beside critical sections that have nothing to do with it: variant
// -n of 50, on sync's locks or interlock's. The race detector must see it.
package main

import (
	"flag"
	"sync"

	"github.com/interlock-go/interlock/mutex"
)

var shared int

type locker interface {
	Lock()
	Unlock()
}

type rw interface {
	locker
	RLock()
	RUnlock()
}

// locks makes the locks of one goroutine's own: nothing that the two goroutines lock is shared.
func locks(ours bool) (a, b locker, c rw) {
	if ours {
		return new(mutex.Mutex), new(mutex.Mutex), new(mutex.RWMutex)
	}
	return new(sync.Mutex), new(sync.Mutex), new(sync.RWMutex)
}

// work locks in a way that depends on the variant.
func work(n int, a, b locker, c rw) {
	for range 1 + n/10 {
		a.Lock()
		switch n % 5 {
		case 1:
			b.Lock()
			b.Unlock()
		case 2:
			c.RLock()
			c.RUnlock()
		case 3:
			c.Lock()
			b.Lock()
			b.Unlock()
			c.Unlock()
		case 4:
			b.Lock()
			c.RLock()
			c.RUnlock()
			b.Unlock()
		}
		a.Unlock()
	}
}

func main() {
	ours := flag.Bool("interlock", false, "on interlock's locks")
	n := flag.Int("n", 0, "variant")
	flag.Parse()
	if *n%2 == 1 { // what was used before is known to the detector
		work(*n, new(sync.Mutex), new(sync.Mutex), new(sync.RWMutex))
	}
	var wg sync.WaitGroup
	for range 2 {
		a, b, c := locks(*ours)
		wg.Go(func() {
			work(*n, a, b, c)
			shared++
			work(*n, a, b, c)
		})
	}
	wg.Wait()
}
